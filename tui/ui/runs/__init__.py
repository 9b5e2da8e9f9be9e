"""A run in lines of text."""
