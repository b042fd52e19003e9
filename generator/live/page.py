"""What the live check found, as a page for people."""

import re
import textwrap
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta, timezone
from typing import TypeAlias

from generator.live.findings import (
    DAYS,
    FAILED,
    NONE,
    POINT,
    Answer,
    Finding,
    Inspection,
    Question,
    Resource,
    Verdict,
)
from generator.printable import printable
from generator.protection.words import FEW, day_count, duration, listed, shortened

WIDTH = 100
MOST = 10
"""More findings of one verdict than this, in answer to one question, are told by their number."""
LONGEST_ID, LONGEST_KIND, LONGEST_PARAGRAPH = 26, 8, 1_000
_SHORTEST_NAME = 10  # to which a long one is cut
_FEWEST_DAYS = 21  # both ends of the strip have their date
_GAP = "  "
_DEEP = " " * 4  # what AWS says goes on deeper than rows and advice begin, and passes for neither
_MARK = " " * 3
_MARKS = {
    "!!": "no next backup",
    "!?": "not well, and the next backup not checked",
    "!": "not well",
    "??": "the next backup not checked",
    "?": "not checked",
}

_BOLD = "1"
_COLOURS = {
    Verdict.WELL: "32",  # green
    Verdict.TO_KNOW: "36",  # cyan
    Verdict.NOT_CHECKED: "33",  # yellow
    Verdict.NOT_WELL: "31",  # red
}
_Paint: TypeAlias = Callable[[str, str], str]


def as_text(inspection: Inspection, colour: bool = False, width: int = WIDTH) -> str:
    """Return the page: a line per question and per resource, what is not well, and a conclusion.

    Whatever AWS answered is escaped. Colour says nothing that the characters do not say, too. In
    fewer columns than WIDTH, the table has no names, and then fewer days; sentences stay as they
    are.
    """
    paint = _painted if colour else _plain
    paragraphs = [
        _title(inspection),
        [*_answers(inspection, paint)],
        [*_table(inspection, paint, width)],
        *(
            [*_section(inspection, verdict, paint)]
            for verdict in (Verdict.NOT_WELL, Verdict.NOT_CHECKED, Verdict.TO_KNOW)
        ),
        _conclusion(inspection),
    ]
    return "\n\n".join("\n".join(lines) for lines in paragraphs if lines) + "\n"


def _plain(text: str, _: str) -> str:
    return text


def _painted(text: str, colour: str) -> str:
    return f"\x1b[{colour}m{text}\x1b[0m" if text else ""


def _wrapped(text: str, start: str = "", then: str = "") -> list[str]:
    """Return the lines of what is printable; an ARN stays whole, and can be copied."""
    lines = textwrap.wrap(
        text,
        WIDTH,
        initial_indent=start,
        subsequent_indent=then,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return lines or [start]


def _title(inspection: Inspection) -> list[str]:
    at = inspection.at.astimezone(timezone.utc)
    text = (
        f"{inspection.stack} in {inspection.region}, account {inspection.account}, "
        f"asked at {at:%Y-%m-%d %H:%M} UTC"
    )
    return _wrapped(printable(text), then=_DEEP)


# The answers


def _answers(inspection: Inspection, paint: _Paint) -> Iterator[str]:
    names = [_name(each.question, inspection) for each in inspection.answers]
    longest = max(map(len, names))
    verdicts = max(len(verdict.words) for verdict in Verdict)
    for name, answer in zip(names, inspection.answers, strict=True):
        before = name.ljust(longest) + _GAP
        verdict = answer.verdict.words.ljust(verdicts)
        start = before + verdict + _GAP
        first, *others = _wrapped(printable(_in_short(answer)), start, " " * len(start))
        yield before + paint(verdict, _COLOURS[answer.verdict]) + first[len(before + verdict) :]
        yield from others


def _name(question: Question, inspection: Inspection) -> str:
    hours = "hour" if inspection.hours == 1 else f"{inspection.hours} hours"
    return question.name.replace("{hours} hours", hours)


def _in_short(answer: Answer) -> str:
    """Return the summary; it holds if all is well, and if there is no more than to know."""
    if answer.verdict <= Verdict.TO_KNOW:
        return answer.summary
    verdicts = [each.verdict for each in answer.findings]
    counts = [
        f"{verdicts.count(verdict)} {verdict.words}"
        for verdict in (Verdict.NOT_WELL, Verdict.NOT_CHECKED)
        if verdict in verdicts
    ]
    return f"{', '.join(counts)}: see below"


# The resources


def _table(inspection: Inspection, paint: _Paint, width: int) -> Iterator[str]:
    resources = inspection.resources
    if not resources:
        return
    columns = [
        [_cell(each.kind, LONGEST_KIND) for each in resources],
        [_cell(each.id, LONGEST_ID) for each in resources],
        [*_backups(resources, inspection.at)],
    ]
    heading = "backups, newest"
    widths = [max(map(_columns, column)) for column in columns]
    widths[2] = max(widths[2], len(heading))
    left = min(width, WIDTH) - len(_MARK) - sum(widths) - DAYS - len(_GAP) * (len(widths) + 1)
    has_names = left >= _SHORTEST_NAME or width >= WIDTH
    longest = max(left, _SHORTEST_NAME) if has_names else 0
    names = [_cell(each.name, longest) if longest else "" for each in resources]
    columns.insert(2, names)
    widths.insert(2, max(map(_columns, names)))
    days = DAYS if longest else max(min(DAYS, DAYS + left + len(_GAP)), _FEWEST_DAYS)
    today = inspection.at.astimezone(timezone.utc).date()
    first = f"{today - timedelta(days=days - 1)}"
    yield _MARK + _row(["", "", "", heading], widths) + first + f"{today}".rjust(days - len(first))
    for each, *cells in zip(resources, *columns, strict=True):
        mark = _mark(each).ljust(len(_MARK))
        strip = each.strip[-days:].replace(FAILED, paint(FAILED, _COLOURS[Verdict.NOT_WELL]))
        yield paint(mark, _COLOURS[each.verdict]) + _row(cells, widths) + (strip or "not known")
    yield from _legend(resources)


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "".join(
        cell + " " * (width - _columns(cell)) + _GAP
        for cell, width in zip(cells, widths, strict=True)
        if width
    )


def _columns(text: str) -> int:
    """Return how many columns of a terminal a text takes: many letters of Asia take two."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "FW" else 1
        for char in text
    )


def _cell(text: str, longest: int) -> str:
    """Return the text, without its beginning if it is too long: names of a cluster begin alike."""
    line = printable(text, longest=None)
    if _columns(line) <= longest:
        return line
    line = line[2 - longest :]
    while _columns(line) > longest - 2:
        line = line[1:]
    return f"..{line}"


def _backups(resources: Sequence[Resource], now: datetime) -> Iterator[str]:
    """Yield for each resource how many backups it has, and how old the newest one is."""
    digits = max(len(f"{each.points or 0}") for each in resources)
    for each in resources:
        if each.points is None:
            yield "not known"
        elif each.newest:
            yield f"{each.points:>{digits}}, {_age(each.newest, now)} ago"
        else:
            yield "none yet" if each.verdict <= Verdict.TO_KNOW else "none"


def _age(newest: datetime, now: datetime) -> str:
    age = max(now - newest, timedelta())  # clocks differ
    hours = age // timedelta(hours=1)
    if not hours:
        return duration(age)
    if age < timedelta(days=2):
        return f"{hours} hour{'s' * (hours != 1)}"
    return day_count(age.days)


def _mark(resource: Resource) -> str:
    """Return the sign of _MARKS, which says at a glance what is not well; empty: nothing."""
    if resource.tonight is False:
        return "!!"
    is_open = resource.tonight is None
    if resource.verdict is Verdict.NOT_WELL:
        return "!?" if is_open else "!"
    if is_open:
        return "??"
    return "?" if resource.verdict is Verdict.NOT_CHECKED else ""


def _legend(resources: Sequence[Resource]) -> list[str]:
    days = [f"{POINT} a backup", f"{NONE} none", f"{FAILED} a failed job"]
    marks = {_mark(each) for each in resources}
    lines = [
        days if any(each.strip for each in resources) else [],
        [f"{mark} {words}" for mark, words in _MARKS.items() if mark in marks],
    ]
    return [line for signs in lines if signs for line in _wrapped("   ".join(signs), _MARK, _MARK)]


# The findings


def _section(inspection: Inspection, verdict: Verdict, paint: _Paint) -> Iterator[str]:
    """Yield what is found of a verdict, the same of many resources once."""
    groups: dict[str, list[tuple[Question, Finding]]] = {}
    found = ((each.question, its) for each in inspection.answers for its in each.findings)
    for question, finding in found:
        if finding.verdict is verdict:
            alike = groups.setdefault(_without_its_resource(finding), [])
            alike.append((question, finding))
    if not groups:
        return
    yield paint(verdict.words.capitalize(), f"{_BOLD};{_COLOURS[verdict]}")
    told = dict.fromkeys((answer.question for answer in inspection.answers), 0)
    advice: list[str] = []
    for what, alike in groups.items():
        question, _ = alike[0]
        told[question] += 1
        if told[question] > MOST:
            continue
        lines, its = _told(inspection, what, alike)
        if advice != its:  # what is to be done about several is said once, after the last one
            yield from advice
        yield from lines
        advice = its
    yield from advice
    for question, number in told.items():
        if number > MOST:
            yield f"- {_name(question, inspection)}: {number - MOST} more; --json has all of them"


def _without_its_resource(finding: Finding) -> str:
    """Return the text after the resource that it is about: id, or id (name)."""
    if not finding.resource:
        return finding.text
    its = re.escape(_id(finding.resource))
    named = re.match(rf"{its}\b( \([^)]*\))?", finding.text)
    return finding.text[named.end() :] if named else f": {finding.text}"


def _id(arn: str) -> str:
    return arn.rpartition(":")[2].rpartition("/")[2]


def _told(
    inspection: Inspection, what: str, alike: Sequence[tuple[Question, Finding]]
) -> tuple[list[str], list[str]]:
    """Return the lines of a finding, and those of what to do."""
    questions = dict.fromkeys(_name(question, inspection) for question, _ in alike)
    findings = [finding for _, finding in alike]
    text = findings[0].text
    ids = dict.fromkeys(_id(each.resource) for each in findings)
    if len(ids) > 1:
        text = f"each of {len(ids)} resources ({shortened([*ids])}){what}"
    text = printable(text).rstrip(".")
    every = [*dict.fromkeys(filter(None, (each.advice for each in findings)))]
    advice = [line for each in every[:FEW] for line in _advice(each)]
    if len(every) > FEW:
        advice.append(f"  And {len(every) - FEW} more like it: --json has all of them.")
    return _wrapped(f"- {listed([*questions])}: {text}.", then=_DEEP), advice


def _advice(advice: str) -> list[str]:
    """Return what to do; a command stays on one line, and can be copied."""
    sentence, found, command = f": {advice}".partition(": aws ")
    sentence = printable(sentence.removeprefix(": ")).rstrip(".")
    if not found:
        return _wrapped(f"{sentence}.", "  Do: ", " " * 8)
    line = f"aws {printable(command, None)}"
    if len(line) > LONGEST_PARAGRAPH:  # cut in a quoted word, the rest would be a command
        line = "the command is too long for a page: --json has it."
    if not sentence:
        return [f"  Do: {line}"]
    return [*_wrapped(f"{sentence}:", "  Do: ", " " * 8), " " * 6 + line]


def _conclusion(inspection: Inspection) -> list[str]:
    number = inspection.not_checked
    things = "1 thing was" if number == 1 else f"{number} things were"
    return [
        *([f"{things} not checked."] if number else []),
        *_wrapped(printable(inspection.conclusion, LONGEST_PARAGRAPH), then=_DEEP),
    ]
