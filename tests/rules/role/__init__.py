"""Tests of generator.rules.role, one module each."""
