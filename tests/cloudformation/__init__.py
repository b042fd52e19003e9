"""Tests of generator.cloudformation."""
