"""A run's curves as points to draw."""
