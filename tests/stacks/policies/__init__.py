"""Tests of generator.stacks.policies."""
