"""Tests of the cfn-lint rules: fixtures for each, tables of edge cases, templates of others."""
