"""Tests of generator.parts, one module each."""
