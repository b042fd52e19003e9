"""Tests of generator.rules.vault, one module each."""
