"""What the questions share: how a check that AWS did not answer becomes a finding."""

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import TypeVar

from generator.live.errors import NotAnsweredError, NotThereError, understood
from generator.live.findings import Answer, Finding, Question, Verdict

Check = Callable[[], Iterable[Finding]]
Item = TypeVar("Item")
FEW = 3
"""So many of several resources are named."""


def answer(question: Question, summary: Callable[[], str], checks: Iterable[Check]) -> Answer:
    """Return the answer to a question.

    A check that needs what AWS did not answer is not checked, and the others go on. Two checks that
    lack the same are told once.
    """
    findings: dict[Finding, None] = {}
    for check in checks:
        findings.update(dict.fromkeys(checked(check)))
    try:
        with understood():
            text = summary()
    except (NotAnsweredError, NotThereError):
        text = ""
    return Answer(question, text, [*findings])


def checked(check: Check) -> Iterator[Finding]:
    """Yield the findings of a check, and that AWS did not answer, if it did not."""
    try:
        with understood():
            yield from check()
    except (NotAnsweredError, NotThereError) as error:
        action = getattr(error, "action", "")
        yield Finding(Verdict.NOT_CHECKED, str(error), action=action)


def about(arns: Sequence[str], check: Check) -> Check:
    """Return a check that says which resources it is about, if it is not checked."""

    def its() -> Iterator[Finding]:
        for finding in checked(check):
            is_open = finding.verdict is Verdict.NOT_CHECKED and not finding.stops
            yield replace(finding, stops=(*arns,)) if is_open else finding

    return its


def if_there(check: Check) -> Check:
    """Return a check that finds nothing where something is gone, which is told by itself."""

    def its() -> Iterator[Finding]:
        with contextlib.suppress(NotThereError):
            yield from check()

    return its


def asked(ask: Callable[[], object]) -> Check:
    """Return a check that finds only whether AWS answers."""

    def its() -> Iterator[Finding]:
        ask()
        yield from ()

    return if_there(its)


def known(ask: Callable[[], object]) -> bool:
    """Return whether AWS has answered; whoever depends on it reports that it has not."""
    try:
        with understood():
            ask()
    except (NotAnsweredError, NotThereError):
        return False
    return True


def until_open(items: Iterable[Item]) -> Iterator[Item]:
    """Yield items until one of them needs what AWS did not answer."""
    with contextlib.suppress(NotAnsweredError, NotThereError), understood():
        yield from items


def counted(number: int, noun: str) -> str:
    """Return how many there are: 1 job, 2 jobs."""
    return f"{number} {noun}{'s' * (number != 1)}"


def named(names: Sequence[str]) -> str:
    """Return names, of many the first ones and how many others there are."""
    more = len(names) - FEW
    if more <= 1:
        return ", ".join(names)
    return f"{', '.join(names[:FEW])} and {more} more"


def hours(time: timedelta) -> str:
    """Return a length of time in whole hours; more than three days of it in whole days."""
    if time > timedelta(days=3):
        return counted(time.days, "day")
    return counted(time // timedelta(hours=1), "hour")


def minute(at: datetime) -> str:
    """Return a time as people read it; boto3 gives it in the zone of this machine."""
    return f"{at.astimezone(timezone.utc):%Y-%m-%d %H:%M} UTC"


def day(at: datetime) -> str:
    """Return the day of a time."""
    return f"{at.astimezone(timezone.utc):%Y-%m-%d}"
