"""Which GPUs are here, which of them TensorFlow and JAX see, and why not all."""
