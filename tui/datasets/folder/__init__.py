"""The contents of a folder of images: names, counts and findings."""
