"""One change, as people read it."""

from dataclasses import dataclass, field
from enum import IntEnum

from generator.compare.values import Values


class Level(IntEnum):
    """The part of the version that a change raises."""

    NONE = 0
    PATCH = 1
    MINOR = 2
    MAJOR = 3


@dataclass(frozen=True)
class Change:
    """One thing that an update changes, for a live stack or for its parent."""

    about: str
    """resource, parameter, rule, mapping, output, capability or template."""
    name: str
    change: str
    level: Level
    text: str = ""
    """What is different, and what it means."""
    kind: str = ""
    """The type of the resource."""
    danger: bool = False
    """Something stateful is replaced or removed."""
    where: dict[str, str] = field(default_factory=dict)
    """The parameters for which it happens; empty: the usual ones."""
    is_mistake: bool = False
    """The new template is wrong, whatever the old one was."""
    values: tuple[Values, ...] = ()
    """The values that differ, whole; the text shows parts of them."""


NOT_PASSED = "not passed by the parent"
"""What describes a value that only such stacks have."""


def clause(where: dict[str, str], *, is_example: bool = False) -> str:
    """Return the parameters for which something happens, as a clause of a sentence."""
    cases = " and ".join(f"{name} is {value}" for name, value in where.items())
    start = "for example if" if is_example else "if"
    return f"{start} {cases}" if cases else "with the usual parameters"


@dataclass(frozen=True)
class ProtectionLoss:
    """What a stack is protected less by, and the parameters for which it is."""

    sentence: str
    where: dict[str, str] = field(default_factory=dict)
    """Empty: the usual ones."""
    is_example: bool = False
    """Whether there are other parameters, without some of these, for which it is."""
    reason: str | None = None
    """Why it was accepted; None: it was not."""

    @property
    def told(self) -> str:
        """The sentence, with the parameters for which it is true."""
        cases = clause(self.where, is_example=self.is_example)
        return f"{cases}: {self.sentence}" if self.where else self.sentence

    @property
    def text(self) -> str:
        """What more there is to say; mostly nothing."""
        changed = [name for name, value in self.where.items() if value == NOT_PASSED]
        return "".join(f"stacks that pass {name} are not affected" for name in changed[:1])
