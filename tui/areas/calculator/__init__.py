"""Area 2: the calculator, and the windows on its network."""
