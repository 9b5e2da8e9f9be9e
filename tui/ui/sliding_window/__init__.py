"""The animation of a filter that slides over a small input."""
