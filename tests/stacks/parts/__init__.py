"""Tests of generator.stacks.parts, one module each."""
