"""What to train: the spec, how it is made, and what is odd about it."""
