"""The rows of the table of messages, a file for each subject."""
