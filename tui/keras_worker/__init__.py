"""What both workers share: building a model, GPU memory, state files."""
