"""Requests to a running training, and the settings in force."""
