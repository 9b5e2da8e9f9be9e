"""One training by several processes, on one machine or many: Keras on JAX."""
