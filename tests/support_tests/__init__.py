"""The machinery that tests use keeps its own promises."""
