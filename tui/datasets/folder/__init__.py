"""What lies in a folder of images: its names, its counts, and what is odd."""
