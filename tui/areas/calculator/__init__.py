"""Area 2: the calculator, and the windows that open on its network."""
