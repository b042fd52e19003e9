"""Tests of generator.rules.plan, one module each."""
