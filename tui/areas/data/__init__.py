"""Area 3: choosing, checking and getting a folder of images."""
