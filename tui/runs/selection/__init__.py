"""Choosing among many runs: filtering, sorting and grouping them, and columns of their values."""
