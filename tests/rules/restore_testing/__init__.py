"""Tests of generator.rules.restore_testing, one module each."""
