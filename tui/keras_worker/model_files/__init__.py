"""Building the network of a model file from anywhere, without running code in it."""
