"""A page of small charts."""
