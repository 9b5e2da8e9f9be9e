"""Starting a trainer, and the surroundings it computes in."""
