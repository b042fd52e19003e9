"""Tests of generator.rules.selection, one module each."""
