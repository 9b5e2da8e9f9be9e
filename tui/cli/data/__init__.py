"""Commands on folders of images."""
