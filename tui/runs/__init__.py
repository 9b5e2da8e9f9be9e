"""A training seen from outside: its settings, its events, its folder, the queue, the export."""
