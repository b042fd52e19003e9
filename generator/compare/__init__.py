"""Compares two templates: what an update does to a live stack, and to its parent."""
