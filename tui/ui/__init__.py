"""What two or more areas share on screen."""
