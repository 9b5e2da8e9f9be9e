"""Modal windows above a screen."""
