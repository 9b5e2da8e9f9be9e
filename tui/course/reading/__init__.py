"""Reading lesson files; what is wrong in one is named with its line."""
