"""Rules about the roles that selections use: who assumes them, and what they may do."""
