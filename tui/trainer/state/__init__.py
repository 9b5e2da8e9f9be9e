"""What a training writes down to go on from."""
