"""Precision, recall and F1 of a network's predictions, and the reports that a run keeps."""
