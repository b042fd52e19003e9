"""Tests of generator.parent."""
