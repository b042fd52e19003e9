"""Tests of what the rules share, one module each."""
