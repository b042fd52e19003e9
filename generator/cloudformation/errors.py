"""The error for a template that cannot be fetched, read or evaluated."""


class UnreadableError(Exception):
    """A template that cannot be fetched, read or evaluated; the message is one sentence."""
