"""The lines of the page about which resources selections take, and what a part is called."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from generator.protection.derived import OfType
from generator.protection.resource_types import ARNS, GIVEN
from generator.protection.words import MANY_TYPES, listed, reach_text, shortened, these


def taken(types: Sequence[OfType]) -> Iterator[str]:
    """Yield what selections take."""
    for (rest, is_given, opted_in), names in _by_rest(types).items():
        what, is_everything = _what(names, rest, is_given=is_given)
        yield f"{what}{rest}{_asks(opted_in, is_everything)}"


def _asks(opted_in: bool, is_everything: bool) -> str:
    if not opted_in:
        return ""
    each = ", of the types that the region has opted in to"
    return each if is_everything else ", if the region has opted in to them"


def called(some: Sequence[OfType], every: Sequence[OfType], *, in_short: bool = False) -> str:
    """Return what those are called that are together in a table."""
    if not any(each.part for each in every):
        return these([each.type for each in some], [each.type for each in every])
    asked = {reach.opted_in for part in every for reach in part.reaches}
    by_rest: dict[tuple[str, bool, bool], list[str]] = {}
    for (rest, is_given, opted_in), names in _by_rest(some).items():
        by_rest.setdefault((rest, is_given, opted_in and len(asked) > 1), []).extend(names)
    told = []
    for (rest, is_given, opted_in), names in by_rest.items():
        other = "" if rest or is_given else "other "
        what, is_everything = _what(names, rest, is_given=is_given)
        what = shortened(names) if in_short and not is_everything else what
        named = f"{other}{what}{rest}{_asks(opted_in, is_everything)}"
        told.append(named.replace("other everything", "everything else"))
    return "; ".join(told)


def _by_rest(types: Sequence[OfType]) -> dict[tuple[str, bool, bool], list[str]]:
    """Return names of what is selected by the rest that is said of it.

    That is in words; whether only a deployment knows the type; and whether it is to be opted in.
    """
    found: dict[tuple[str, bool, bool], dict[str, None]] = {}
    for each in types:
        for reach in each.reaches:
            is_given = reach.type == GIVEN
            name = f"the resources that {reach.arn} names" if is_given else reach.type
            rest = reach_text(replace(reach, arn="") if is_given else reach)
            found.setdefault((rest, is_given, reach.opted_in), {})[name] = None
    return {rest: [*names] for rest, names in found.items()}


def _what(names: Sequence[str], rest: str, *, is_given: bool) -> tuple[str, bool]:
    """Return names of types, and whether they are so many that it is everything, or most of it."""
    others = [name for name in ARNS if name not in names]
    if is_given or len(names) <= max(MANY_TYPES, len(others)):
        return listed([*names]), False
    # The comma: not only what has the tag is left out.
    but = f" but {listed(others)}{',' * rest.startswith(' ')}" if others else ""
    return f"everything{but}", True
