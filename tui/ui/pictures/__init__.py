"""Pictures in a terminal: half blocks, kitty graphics, sixel."""
