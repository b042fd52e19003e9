"""What is said of a template that cannot be had, read or evaluated."""


class UnreadableError(Exception):
    """A template that cannot be had or cannot be understood; the message says it in a sentence."""
