"""Pictures in a terminal: half blocks, kitty, sixel."""
