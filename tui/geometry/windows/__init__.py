"""A window on small grids of numbers, to be watched at work."""
