"""What all packages may use: safe text, numbers, paths, files, streams."""
