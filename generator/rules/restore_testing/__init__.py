"""Rules about restore testing: its plans, and what its selections restore."""
