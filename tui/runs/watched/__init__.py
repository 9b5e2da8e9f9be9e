"""Logs of other programs shown as runs: what is found, what a series is, and the reader process."""
