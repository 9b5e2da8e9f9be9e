"""One training on several GPUs of a machine, each with its part of every batch."""
