"""Worker process: runs a learner's program and judges what it does."""
