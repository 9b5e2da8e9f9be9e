"""Commands that calculate shapes and explain error messages."""
