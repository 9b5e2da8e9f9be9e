"""The command that looks inside a network."""
