"""Tests of the model of protection, and of what is made of it."""
