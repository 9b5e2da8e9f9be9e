"""One run: its curves, what they show, and requests to its training."""
