"""Tests of generator.stacks."""
