"""Tests of generator.deployer_policy."""
