"""The lines of the page about which resources selections take, and what a part is called."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from generator.protection.derived import OfType
from generator.protection.resource_types import ARNS, GIVEN
from generator.protection.words import MANY_TYPES, listed, reach_text, these


def taken(types: Sequence[OfType], *, by_name: bool = False) -> Iterator[str]:
    """Yield what selections take; ``by_name``: as the name of a part of it."""
    by_rest: dict[tuple[str, bool], dict[str, None]] = {}
    for each in types:
        for reach in each.reaches:
            is_given = reach.type == GIVEN
            name = f"the resources that {reach.arn} names" if is_given else reach.type
            rest = reach_text(replace(reach, arn="") if is_given else reach)
            if by_name:
                name = name if rest or is_given else f"other {name}"
            elif reach.opted_in:
                rest += ", if the region has opted in to them"
            by_rest.setdefault((rest, is_given), {})[name] = None
    for (rest, is_given), names in by_rest.items():
        others = [name for name in ARNS if name not in names]
        # The comma: not only what has the tag is left out.
        but = f" but {listed(others)}{',' * rest.startswith(' ')}" if others else ""
        is_short = is_given or len(names) <= max(MANY_TYPES, len(others))
        yield f"{listed([*names]) if is_short else f'everything{but}'}{rest}"


def called(some: Sequence[OfType], every: Sequence[OfType]) -> str:
    """Return what those are called that are together in a table."""
    if any(each.part for each in every):
        return "; ".join(taken(some, by_name=True))
    return these([each.type for each in some], [each.type for each in every])
