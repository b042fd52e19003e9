"""Something that is missing, and the parameters that would change it."""

from dataclasses import dataclass

from generator.protection.words import listed, shortened


@dataclass(frozen=True)
class Gap:
    """Something that is missing."""

    text: str
    parameters: tuple[str, ...] = ()
    """Those of the template's parameters of which each would change it."""
    actions: tuple[str, ...] = ()
    """Those that are missing, at the end of the text."""

    @property
    def in_short(self) -> str:
        """The text with a few of the actions."""
        return self.text.removesuffix(listed([*self.actions])) + shortened(self.actions)


def lacking(text: str, actions: tuple[str, ...]) -> Gap:
    """Return a gap with the actions that are missing, if there are any."""
    return Gap(f"{text}: {listed([*actions])}" if actions else text, (), actions)
