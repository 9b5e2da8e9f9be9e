"""What every room may use: text made safe, numbers, paths, files, streams."""
