"""Pictures of a network: feature maps, filters and heat maps."""
