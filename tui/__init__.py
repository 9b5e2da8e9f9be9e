"""Learn convolution geometry and train small CNNs in a terminal."""

__version__ = "0.1.0"
