"""Tests of generator.release."""
