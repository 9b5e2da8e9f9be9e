"""Filters on a real picture."""
