"""Convolution and pooling on small grids of numbers, to be watched step by step."""
