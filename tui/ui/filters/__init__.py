"""A filter on a picture."""
