"""The restore points by age, as a picture in SVG: a line for each rule, on a logarithmic axis."""

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from xml.etree import ElementTree as ET

from generator.protection.derived import OfType
from generator.protection.restore_points import Plan, Timing, starts
from generator.protection.words import listed

WIDTH, LEFT, RIGHT, TOP, ROW = 760, 170, 24, 44, 34
DAY = timedelta(days=1)
TICKS = [(1, "1 day"), (7, "7"), (30, "30"), (90, "90"), (365, "1 year"), (1095, "3"), (3650, "10")]
FOR_EVER = timedelta(days=3650)
"""How far a rule is drawn that keeps its backups for ever."""
NEAREST = 5.0
"""Points that are nearer to each other than this are drawn as one."""

# Neither black nor white, so that it can be read on a light and on a dark page.
STYLE = """
text { font: 13px system-ui, sans-serif; fill: #57606a }
.axis { stroke: #8c959f; stroke-width: 1 }
.warm { fill: #2f81f7 }
.cold { fill: none; stroke: #2f81f7; stroke-width: 2 }
@media (prefers-color-scheme: dark) { text { fill: #9198a1 } }
"""


def picture(types: Sequence[OfType], now: datetime, title: str) -> str:
    """Return the picture of the restore points of these types, all of which it shows as one.

    A point that is cold for one of the types is drawn as cold. Raises ValueError if it is not
    known when backups are made.
    """
    plans = _plans(types)
    timings = [timing for plan in plans for timing in plan]
    longest = max((timing.kept or FOR_EVER for timing in timings), default=DAY)
    scale = _Scale(max(longest, 2 * DAY))
    height = TOP + ROW * len(timings) + 56
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
    ET.SubElement(root, "title", {"id": "title"}).text = title
    ET.SubElement(root, "desc", {"id": "desc"}).text = _description(timings)
    ET.SubElement(root, "style").text = STYLE
    _text(root, LEFT, 20, "Restore points that exist, by their age")
    made = [start for plan in plans for start in starts(plan, now - longest, now)]
    for number, timing in enumerate(timings):
        y = TOP + ROW * number + ROW / 2
        _text(root, LEFT - 12, y + 4, timing.rule, end=True)
        _line(root, LEFT, y, WIDTH - RIGHT, y)
        ages = [now - start.at for start in made if start.timing == timing]
        _points(root, scale, y, timing, ages)
    _axis(root, scale, TOP + ROW * len(timings) + 8)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode") + "\n"


class _Scale:
    def __init__(self, longest: timedelta) -> None:
        self._longest = math.log(longest / DAY)

    def x(self, age: timedelta) -> float:
        """Return where an age stands; up to a day, everything stands at the left."""
        share = max(0.0, math.log(max(age / DAY, 1.0)) / self._longest)
        return round(LEFT + 8 + share * (WIDTH - RIGHT - LEFT - 16), 1)

    def shows(self, age: timedelta) -> bool:
        return math.log(age / DAY) <= self._longest


def _plans(types: Sequence[OfType]) -> list[Plan]:
    if any(each.timings is None for each in types):
        raise ValueError("when backups are made is not known: give the parameters values")
    coldest: dict[str, Plan] = {}
    for each in types:
        for plan in each.timings or []:
            key = "|".join(timing.rule for timing in plan)
            if key not in coldest or any(timing.cold_after for timing in plan):
                coldest[key] = plan
    return [*coldest.values()]


def _points(
    root: ET.Element, scale: _Scale, y: float, timing: Timing, ages: Sequence[timedelta]
) -> None:
    drawn = -math.inf
    for age in sorted(ages):
        x = scale.x(age)
        if timing.kept is not None and age >= timing.kept or x - drawn < NEAREST:
            continue
        drawn = x
        if timing.cold_after is not None and age >= timing.cold_after:
            place = {"x": f"{x - 4:.1f}", "y": f"{y - 4:.1f}", "width": "8", "height": "8"}
            ET.SubElement(root, "rect", {"class": "cold", **place})
        else:
            ET.SubElement(root, "circle", {"class": "warm", "cx": f"{x}", "cy": f"{y}", "r": "4"})


def _axis(root: ET.Element, scale: _Scale, y: float) -> None:
    _line(root, LEFT, y, WIDTH - RIGHT, y)
    for days, label in TICKS:
        if scale.shows(days * DAY):
            x = scale.x(days * DAY)
            _line(root, x, y, x, y + 5)
            _text(root, x, y + 20, label, middle=True)
    _text(root, LEFT, y + 40, "Filled: warm. Hollow: in cold storage.")


def _description(timings: Sequence[Timing]) -> str:
    parts = []
    for timing in timings:
        kept = "for ever" if timing.kept is None else f"{timing.kept.days} days"
        cold = "" if not timing.cold_after else f", cold after {timing.cold_after.days} days"
        parts.append(f"{timing.rule}, kept {kept}{cold}")
    return f"Restore points of {listed(parts)}."


def _line(root: ET.Element, x1: float, y1: float, x2: float, y2: float) -> None:
    places = zip(("x1", "y1", "x2", "y2"), (x1, y1, x2, y2), strict=True)
    ET.SubElement(root, "line", {"class": "axis", **{name: f"{place}" for name, place in places}})


def _text(
    root: ET.Element, x: float, y: float, words: str, *, end: bool = False, middle: bool = False
) -> None:
    anchor = "end" if end else "middle" if middle else "start"
    ET.SubElement(root, "text", {"x": f"{x}", "y": f"{y}", "text-anchor": anchor}).text = words
