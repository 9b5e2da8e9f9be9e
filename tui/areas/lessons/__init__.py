"""Area 1: lessons and drills."""
