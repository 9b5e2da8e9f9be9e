"""The list of runs: filtered, sorted, grouped; the queue in it."""
