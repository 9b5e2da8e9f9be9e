"""A lesson as plain values: its pages, its questions, its words."""
