"""The well-known slips, and the value that each leads to."""
