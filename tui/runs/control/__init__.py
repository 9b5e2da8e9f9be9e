"""What is asked of a running training, and what became of it."""
