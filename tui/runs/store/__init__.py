"""Run folders: what lies in one, whose it is, and the list of them."""
