"""Tests of generator/protection."""
