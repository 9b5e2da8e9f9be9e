"""The state of a training: its record, checkpoints and saved models."""
