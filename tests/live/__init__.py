"""Tests of generator.live."""
