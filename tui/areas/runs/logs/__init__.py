"""Logs of other programs, read as runs."""
