"""What the app and the code runner say to each other, and the process that is kept ready."""
