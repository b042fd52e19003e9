"""Generates the CloudFormation templates that back up a SOCA cluster."""

VERSION = "2.0.1"
"""The release, by the rules of CONTRIBUTING.md; every template states it."""
