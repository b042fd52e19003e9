"""What the live check found, as a page for people."""

import re
import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence
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
_SHORTEST_NAME = 12  # to which a long one is cut
_GAP = "  "
_DEEP = " " * 4  # what AWS says goes on deeper than rows and advice begin, and passes for neither
_MARKS = {Verdict.NOT_WELL: "!", Verdict.NOT_CHECKED: "?"}

_BOLD = "1"
_COLOURS = {
    Verdict.WELL: "32",  # green
    Verdict.TO_KNOW: "36",  # cyan
    Verdict.NOT_CHECKED: "33",  # yellow
    Verdict.NOT_WELL: "31",  # red
}
_Paint: TypeAlias = Callable[[str, str], str]


def as_text(inspection: Inspection, colour: bool = False) -> str:
    """Return the page: a line per question and per resource, what is not well, and a conclusion.

    Whatever AWS answered is escaped. Colour says nothing that the characters do not say, too.
    """
    paint = _painted if colour else _plain
    paragraphs = [
        _title(inspection),
        [*_answers(inspection, paint)],
        [*_table(inspection, paint)],
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


def _table(inspection: Inspection, paint: _Paint) -> Iterator[str]:
    resources = inspection.resources
    if not resources:
        return
    kinds = [_cell(each.kind, LONGEST_KIND) for each in resources]
    ids = [_cell(each.id, LONGEST_ID) for each in resources]
    ages = [_age(each, inspection.at) for each in resources]
    heading = "newest backup"
    widths = [*map(_width, (kinds, ids)), max(_width(ages), len(heading))]
    left = WIDTH - sum(widths) - DAYS - len(_GAP) * (len(widths) + 2)
    names = [_cell(each.name, max(left, _SHORTEST_NAME)) for each in resources]
    widths.insert(2, _width(names))
    if any(each.strip for each in resources):
        today = inspection.at.astimezone(timezone.utc).date()
        days = f"{today - timedelta(days=DAYS - 1)}{f'{today}':>{DAYS - len(f'{today}')}}"
        yield _row("", ("", "", "", heading), widths) + days
    before = ""
    indent = len(_GAP) * 2 + widths[0]
    for each, *cells in zip(resources, kinds, ids, names, ages, strict=True):
        colour = _COLOURS[each.verdict]
        mark = paint(_MARKS.get(each.verdict, ""), colour) + " " * (each.verdict not in _MARKS)
        strip = each.strip.replace(FAILED, paint(FAILED, _COLOURS[Verdict.NOT_WELL]))
        yield _row(mark, cells, widths) + (strip or "not known")
        note = _note(each)
        if note and note != before:  # the same of many is said once
            yield from _wrapped(note, " " * indent, " " * (indent + len(_GAP)))
        before = note
    yield from _legend(resources)


def _row(mark: str, cells: Iterable[str], widths: Sequence[int]) -> str:
    padded = [cell.ljust(width) + _GAP for cell, width in zip(cells, widths, strict=True) if width]
    return (mark or " ") + " " + "".join(padded)


def _width(cells: Iterable[str]) -> int:
    return max(map(len, cells))


def _cell(text: str, longest: int) -> str:
    """Return the text, without its middle if it is too long: names of a cluster begin alike."""
    line = printable(text, longest=None)
    if len(line) <= longest:
        return line
    end = longest * 2 // 3
    return f"{line[: longest - end - 2]}..{line[-end:]}"


def _age(resource: Resource, now: datetime) -> str:
    if not resource.newest:
        none = "none yet" if resource.verdict is Verdict.WELL else "none"
        return none if resource.strip else "not known"
    age = max(now - resource.newest, timedelta())  # clocks differ
    hours = age // timedelta(hours=1)
    if not hours:
        return f"{duration(age)} ago"
    if age < timedelta(days=2):
        return f"{hours} hour{'s' * (hours != 1)} ago"
    return f"{day_count(age.days)} ago"


def _note(resource: Resource) -> str:
    """Return why a resource is not well; empty: it is."""
    parts = [resource.why]
    if resource.verdict is Verdict.NOT_WELL and resource.last_job:
        parts.append(f"last job: {resource.last_job}")
    if resource.tonight is None:
        parts.append("not known whether the next backup runs for it")
    elif not resource.tonight:
        parts.append("the next backup will not run for it")
    return printable("; ".join(filter(None, parts)))


def _legend(resources: Sequence[Resource]) -> Iterator[str]:
    signs = []
    if any(each.strip for each in resources):
        signs += [f"{POINT} a backup", f"{NONE} none", f"{FAILED} a failed job"]
    verdicts = {each.verdict for each in resources}
    signs += [f"{mark} {verdict.words}" for verdict, mark in _MARKS.items() if verdict in verdicts]
    if signs:
        yield _GAP + "   ".join(signs)


# The findings


def _section(inspection: Inspection, verdict: Verdict, paint: _Paint) -> Iterator[str]:
    """Yield what is found of a verdict, the same of many resources once."""
    groups: dict[str, list[tuple[Question, Finding]]] = {}
    for answer in inspection.answers:
        for finding in answer.findings:
            if finding.verdict is verdict:
                alike = groups.setdefault(_without_its_resource(finding), [])
                alike.append((answer.question, finding))
    if not groups:
        return
    yield paint(verdict.words.capitalize(), f"{_BOLD};{_COLOURS[verdict]}")
    told = dict.fromkeys((answer.question for answer in inspection.answers), 0)
    for what, alike in groups.items():
        question, _ = alike[0]
        told[question] += 1
        if told[question] <= MOST:
            yield from _told(inspection, what, alike)
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
) -> Iterator[str]:
    questions = dict.fromkeys(_name(question, inspection) for question, _ in alike)
    findings = [finding for _, finding in alike]
    text = findings[0].text
    ids = dict.fromkeys(_cell(_id(each.resource), LONGEST_ID) for each in findings)
    if len(ids) > 1:
        text = f"each of {len(ids)} resources ({shortened([*ids])}){what}"
    text = printable(text).rstrip(".")
    yield from _wrapped(f"- {listed([*questions])}: {text}.", then=_DEEP)
    advice = [*dict.fromkeys(filter(None, (each.advice for each in findings)))]
    for each in advice[:FEW]:
        yield from _advice(each)
    if len(advice) > FEW:
        yield f"  And {len(advice) - FEW} more like it: --json has all of them."


def _advice(advice: str) -> list[str]:
    """Return what to do; a command stays on one line, and can be copied."""
    if advice.startswith(("aws ", "python ")):
        return [f"  Do: {printable(advice, LONGEST_PARAGRAPH)}"]
    return _wrapped(f"{printable(advice).rstrip('.')}.", "  Do: ", " " * 6)


def _conclusion(inspection: Inspection) -> list[str]:
    number = inspection.not_checked
    things = "1 thing was" if number == 1 else f"{number} things were"
    return [
        *([f"{things} not checked."] if number else []),
        *_wrapped(printable(inspection.conclusion, LONGEST_PARAGRAPH), then=_DEEP),
    ]
