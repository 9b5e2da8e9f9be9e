"""Area 5: the list of runs, one run, and runs side by side."""
