"""Images that come with the program."""
