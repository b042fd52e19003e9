"""The losses of protection that a release takes on purpose: accepted-losses.json."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from generator.cloudformation.errors import UnreadableError

PATH = Path(__file__).with_name("accepted-losses.json")
_KEYS = ["version", "template", "sentence", "reason"]
_FORM = f"it is a list of objects with the texts {', '.join(_KEYS)}, and nothing else"


@dataclass(frozen=True)
class AcceptedLoss:
    """A loss that a template of a version has, in the words of ``compare``, and why it has."""

    version: str
    template: str
    sentence: str
    reason: str


def accepted_losses(version: str) -> list[AcceptedLoss]:
    """Return the losses that are accepted for a version.

    Raises UnreadableError if the file does not have its form.
    """
    try:
        entries = json.loads(PATH.read_text(encoding="utf-8"))
    except FileNotFoundError:
        reason = "it is missing: write [] into it if no loss is accepted"
        raise UnreadableError(f"{PATH.name}: {reason}") from None
    except OSError as error:
        raise UnreadableError(f"{PATH.name}: {error.strerror}: make it readable") from None
    except (ValueError, RecursionError):
        raise UnreadableError(
            f"{PATH.name}: it is not JSON in UTF-8: {_FORM}: correct it"
        ) from None
    if not isinstance(entries, list):
        raise UnreadableError(f"{PATH.name}: {_FORM}: correct it")
    losses = [_loss(number, entry) for number, entry in enumerate(entries, 1)]
    twice = [loss for at, loss in enumerate(losses) if _same(loss, losses[:at])]
    if twice:
        raise UnreadableError(f"{PATH.name}: {twice[0].sentence!r} stands twice: leave one out")
    return [loss for loss in losses if loss.version == version]


def not_lost(losses: Iterable[AcceptedLoss]) -> list[str]:
    """Return a sentence for each accepted loss that is none."""
    return [f"{PATH.name}: this is not lost, so do not accept it: {one.sentence}" for one in losses]


def _same(loss: AcceptedLoss, others: list[AcceptedLoss]) -> bool:
    return any(replace(other, reason=loss.reason) == loss for other in others)


def _loss(number: int, entry: Any) -> AcceptedLoss:
    texts = entry.values() if isinstance(entry, dict) else []
    if (
        not isinstance(entry, dict)
        or sorted(entry) != sorted(_KEYS)
        or not all(isinstance(text, str) and text.strip() for text in texts)
    ):
        raise UnreadableError(f"{PATH.name}: entry {number} is wrong: {_FORM}: correct it")
    return AcceptedLoss(**entry)
