"""Which backups exist, by their age, as a picture in SVG: a line for each rule.

The axis is logarithmic. It is drawn without fonts of its own, in colours that can be read on a
light and on a dark page, and shapes that say the same without the colours.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from xml.etree import ElementTree as ET

from generator.printable import printable
from generator.protection.derived import OfType
from generator.protection.given import UnknownError
from generator.protection.model import Rule, shown
from generator.protection.restore_points import Plan, Timing, starts
from generator.protection.words import days, listed

WIDTH, MARGIN, TOP, ROW, BOTTOM = 760, 16, 40, 46, 62
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
TICKS = [
    (HOUR, "1 hour"),
    (6 * HOUR, "6 hours"),
    (DAY, "1 day"),
    (7 * DAY, "7 days"),
    (30 * DAY, "30 days"),
    (90 * DAY, "90 days"),
    (365 * DAY, "1 year"),
    (3 * 365 * DAY, "3 years"),
    (10 * 365 * DAY, "10 years"),
    (100 * 365 * DAY, "100 years"),
]
FOR_EVER = 10 * 365 * DAY
"""How far a rule is drawn that keeps its backups for ever."""
LEAST = 7 * DAY
"""How far the axis reaches at least."""
LONGEST_NAME = 50
"""AWS Backup takes no longer name of a rule."""
NEAREST = 9.0
"""Marks are drawn at least so far from each other, so that each can be seen."""
LABEL = 64.0
"""The labels of the axis need so much room."""
NARROW, WIDE, WIDEST = 7.5, 11.5, 14.0
"""How wide the characters of a label are at most: small letters, capitals, those of other scripts.

Nobody knows which font a viewer has.
"""

STYLE = """
text { font: 13px system-ui, sans-serif; fill: #6e7781 }
.axis { stroke: #8c959f; stroke-width: 1 }
.warm { fill: #2f81f7 }
.cold { fill: none; stroke: #2f81f7; stroke-width: 2 }
@media (prefers-color-scheme: dark) { text { fill: #9198a1 } }
"""


@dataclass(frozen=True)
class _Line:
    timing: Timing
    plan: Plan
    cold_types: tuple[str, ...]
    """The types whose backups are in cold storage, if not those of all types are."""

    def label(self) -> str:
        """Return what stands above the line."""
        name = printable(shown(self.timing.rule), longest=None)
        if len(name) > LONGEST_NAME:
            name = f"{name[:LONGEST_NAME]}\N{HORIZONTAL ELLIPSIS}"
        text = f"{name}, kept {_kept(self.timing)}"
        if self.timing.cold_after is not None:
            of = f" ({listed([*self.cold_types])})" if self.cold_types else ""
            text += f", in cold storage after {days(self.timing.cold_after.days)}{of}"
        return text


def picture(types: Sequence[OfType], now: datetime) -> str:
    """Return the picture of the backups that exist of these types.

    A backup that is in cold storage for one of the types is drawn as such. Raises UnknownError if
    a schedule, a retention or a start window is not known.
    """
    lines = _lines(types)
    longest = max([line.timing.kept or FOR_EVER for line in lines] + [LEAST])
    ages = [_ages(line, now, longest) for line in lines]
    scale = _Scale(HOUR if any(map(_is_dense, ages)) else DAY, longest)
    height = TOP + ROW * len(lines) + BOTTOM
    root = ET.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {WIDTH} {height}",
            "width": f"{WIDTH}",
            "height": f"{height}",
            "role": "img",
            "aria-labelledby": "title desc",
        },
    )
    ET.SubElement(root, "title", {"id": "title"}).text = "Backups that exist, by their age"
    ET.SubElement(root, "desc", {"id": "desc"}).text = _description(lines, ages)
    ET.SubElement(root, "style").text = STYLE
    _text(root, MARGIN, 22, "Backups that exist, by their age")
    for number, (line, found) in enumerate(zip(lines, ages, strict=True)):
        y = TOP + ROW * number
        _text(root, MARGIN, y + 16, _shortened(line.label() + ": none now" * (not found)))
        _stroke(root, (MARGIN, y + 32), (WIDTH - MARGIN, y + 32))
        _marks(root, scale, y + 32, line.timing, found)
    _axis(root, scale, TOP + ROW * len(lines) + 6)
    cold = any(line.timing.cold_after is not None for line in lines)
    _legend(root, height - 12, cold=cold)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode") + "\n"


class _Scale:
    def __init__(self, youngest: timedelta, oldest: timedelta) -> None:
        self.youngest, self.oldest = youngest, oldest

    def x(self, age: timedelta) -> float:
        """Return where an age stands; what is younger than the youngest stands with it."""
        share = math.log(max(age / self.youngest, 1.0)) / math.log(self.oldest / self.youngest)
        return round(MARGIN + 6 + share * (WIDTH - 2 * MARGIN - 12), 1)


def _lines(types: Sequence[OfType]) -> list[_Line]:
    """Return a line for each rule of the plans that select the types."""
    by_rule: dict[Rule, dict[str, tuple[Timing, Plan]]] = {}
    for each in (each for each in types if each.backed_up is not False):
        if each.timings is None:
            raise UnknownError(f"no picture: the backups are not known: {shown(each.why_unknown)}")
        timings = [(timing, plan) for plan in each.timings for timing in plan]
        for rule, own in zip(each.rules, timings, strict=True):  # both are plan by plan
            by_rule.setdefault(rule, {})[each.type] = own
    if not by_rule:
        raise UnknownError("no picture: no backup plan with a rule backs anything up")
    lines = []
    for found in by_rule.values():
        cold = [name for name, (timing, _) in found.items() if timing.cold_after is not None]
        timing, plan = found[cold[0]] if cold else next(iter(found.values()))
        lines.append(_Line(timing, plan, tuple(cold) if len(cold) < len(found) else ()))
    return lines


def _ages(line: _Line, now: datetime, longest: timedelta) -> list[timedelta]:
    made = starts(line.plan, now - (line.timing.kept or longest), now)
    return sorted(now - start.at for start in made if start.timing == line.timing)


def _is_dense(ages: Sequence[timedelta]) -> bool:
    return any(after - before < DAY / 2 for before, after in pairwise(ages[:3]))


def _marks(
    root: ET.Element, scale: _Scale, y: float, timing: Timing, ages: Iterable[timedelta]
) -> None:
    drawn = -math.inf
    for age in ages:
        x = scale.x(age)
        if x - drawn < NEAREST:
            continue
        drawn = x
        _mark(root, x, y, cold=timing.cold_after is not None and age >= timing.cold_after)


def _mark(root: ET.Element, x: float, y: float, *, cold: bool) -> None:
    if cold:
        place = {"x": f"{x - 3:.1f}", "y": f"{y - 3:.1f}", "width": "6", "height": "6"}
        ET.SubElement(root, "rect", {"class": "cold", **place})
    else:
        ET.SubElement(root, "circle", {"class": "warm", "cx": f"{x}", "cy": f"{y}", "r": "4"})


def _axis(root: ET.Element, scale: _Scale, y: float) -> None:
    _stroke(root, (MARGIN, y), (WIDTH - MARGIN, y))
    free = -math.inf
    end = (scale.oldest, days(scale.oldest.days))
    for age, label in [*(tick for tick in TICKS if tick[0] < scale.oldest), end]:
        x = scale.x(age)
        crowded = x < free or (age < scale.oldest and x + LABEL > scale.x(scale.oldest))
        if age >= scale.youngest and not crowded:
            free = x + LABEL
            _stroke(root, (x, y), (x, y + 5))
            at_start, at_end = x - LABEL / 2 < 0, x + LABEL / 2 > WIDTH
            anchor = "start" if at_start else "end" if at_end else "middle"
            place = MARGIN if at_start else WIDTH - MARGIN if at_end else x
            _text(root, place, y + 20, label, anchor)


def _legend(root: ET.Element, y: float, *, cold: bool) -> None:
    _mark(root, MARGIN + 6, y - 4, cold=False)
    _text(root, MARGIN + 18, y, "backup")
    if cold:
        _mark(root, MARGIN + 106, y - 4, cold=True)
        _text(root, MARGIN + 118, y, "in cold storage")


def _description(lines: Sequence[_Line], ages: Sequence[Sequence[timedelta]]) -> str:
    parts = [
        f"{line.label()}: {len(found)}{' in ten years' * (line.timing.kept is None)}"
        for line, found in zip(lines, ages, strict=True)
    ]
    return f"The backups of each rule, and how many there are. {'; '.join(parts)}."


def _kept(timing: Timing) -> str:
    return "for ever" if timing.kept is None else f"for {days(timing.kept.days)}"


def _shortened(text: str) -> str:
    """Return as much of a text as fits beside the margins."""
    room = WIDTH - 2 * MARGIN - WIDEST
    for number, char in enumerate(text):
        room -= (
            WIDEST if not char.isascii() else WIDE if char.isupper() or char in "mw@%" else NARROW
        )
        if room < 0:
            return f"{text[:number]}\N{HORIZONTAL ELLIPSIS}"
    return text


def _stroke(root: ET.Element, start: tuple[float, float], end: tuple[float, float]) -> None:
    places = {"x1": start[0], "y1": start[1], "x2": end[0], "y2": end[1]}
    ET.SubElement(root, "line", {"class": "axis", **{n: f"{p:g}" for n, p in places.items()}})


def _text(root: ET.Element, x: float, y: float, words: str, anchor: str = "start") -> None:
    place = {"x": f"{x:g}", "y": f"{y:g}", "text-anchor": anchor}
    ET.SubElement(root, "text", place).text = words
