"""Tests of the pages that the source writes."""
