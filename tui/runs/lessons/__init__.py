"""The trainings of a lesson page."""
