"""What is on screen: a folder for each of the six areas, and home."""
