"""Tests of generator.command."""
