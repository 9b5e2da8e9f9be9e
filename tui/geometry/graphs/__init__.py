"""Networks with branches, as a table of rows."""
