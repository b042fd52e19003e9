"""Two templates: what an update from one to the other does to a live stack, and to its parent."""
