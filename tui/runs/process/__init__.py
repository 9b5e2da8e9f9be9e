"""Starting a trainer, and what surrounds it: environment, memory, logs, logout."""
