"""A process that reads the logs of other programs and writes them as runs.

It imports TensorBoard's reader, and neither TensorFlow nor Keras.
"""
