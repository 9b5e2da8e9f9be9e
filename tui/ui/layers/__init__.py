"""Layers and networks on screen."""
