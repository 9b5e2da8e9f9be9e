"""The window that slides over a small input."""
