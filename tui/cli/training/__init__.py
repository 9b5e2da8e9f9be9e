"""Commands that train, and the queue."""
