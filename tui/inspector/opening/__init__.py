"""Opening a network: a run's with its weights, or a file from elsewhere."""
