"""How Keras reads a folder: the loader's settings, and its code."""
