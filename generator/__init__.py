"""Generates the CloudFormation templates that back up a SOCA cluster."""

VERSION = "2.1.0"
"""The release, by the rules of CONTRIBUTING.md; every template states it."""
