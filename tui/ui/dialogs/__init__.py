"""Small windows above a screen."""
