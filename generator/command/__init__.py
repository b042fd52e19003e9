"""The command line: its words, what it prints, and one function per verb."""

FINE, FINDING, USAGE = 0, 1, 2
"""The exit codes: all is well; a finding or a failure; wrong usage."""

WHOLE = "nothing was left half-written"
"""What an interrupt or a full disk leaves."""

SOURCE = "a file, https://... or s3://BUCKET/KEY"
"""Where a template can be, as --help says it."""
