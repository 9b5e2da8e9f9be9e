"""How a single value of a layer was computed from the values before it."""
