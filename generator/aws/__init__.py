"""How AWS is asked: with whose credentials, side by side, and what its errors mean to people."""
