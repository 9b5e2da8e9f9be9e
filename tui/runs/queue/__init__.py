"""Runs that wait for others to end, and runs that are resumed."""
