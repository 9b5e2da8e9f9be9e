"""Rules that describe what a run's curves show."""
