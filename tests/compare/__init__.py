"""Tests of generator.compare."""
