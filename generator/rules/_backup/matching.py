"""Whether a text matches a pattern or a condition of an IAM policy: True, False or None.

None is what nobody can know, because a part of the pattern or of the text is unknown.
"""

import operator as compare
import re
from collections.abc import Callable, Iterable
from datetime import datetime, timezone
from functools import lru_cache
from ipaddress import ip_network
from typing import Any

# The logic of three values.

Known = bool | None


def negated(answer: Known) -> Known:
    """Return the opposite."""
    return None if answer is None else not answer


def every(answers: Iterable[Known]) -> Known:
    """Return whether all are true."""
    found = set(answers)
    return False if False in found else None if None in found else True


def some(answers: Iterable[Known]) -> Known:
    """Return whether one is true."""
    return negated(every(map(negated, answers)))


# Texts: each character, each wildcard and each unknown part is one symbol.

Symbols = tuple[str, ...]
ANY, ONE, NOTHING = "any text", "any character", "no text"
_SIGNS = re.compile("[*?\0]")
LONGEST = 2048  # no ARN is longer, and comparing takes time


# Where such a part ends is known, so that an ARN of another kind cannot match.
COLON = "`"  # what stands for one in the name of such a part; no name of AWS has it
WITHOUT_COLONS = {"AWS::AccountId", "AWS::Partition", "AWS::Region", "AWS::URLSuffix"}


def unknown(name: str, *, colons: bool = True) -> str:
    """Return what stands in a text for a part that nobody knows; it equals itself only.

    ``colons`` is whether the part may have colons in it; some pseudo parameters never have.
    """
    sign = "" if colons and name not in WITHOUT_COLONS else "="
    return f"\0{sign}{name.replace(':', COLON)}\0"


@lru_cache(maxsize=4096)
def literal(text: str) -> Symbols:
    """Return the symbols of a text without wildcards."""
    return tuple(re.findall("\0[^\0]*\0|.", text, re.DOTALL) if "\0" in text else text)


@lru_cache(maxsize=4096)
def pattern(text: str) -> Symbols:
    """Return the symbols of a text in which ``*`` and ``?`` are wildcards."""
    return tuple({"*": ANY, "?": ONE}.get(symbol, symbol) for symbol in literal(text))


def like(wanted: str, text: str) -> Known:
    """Return whether a pattern with ``*`` and ``?`` matches a text."""
    if not _SIGNS.search(wanted) and "\0" not in text:
        return wanted == text
    return matches(pattern(wanted), literal(text))


def equal(wanted: str, text: str) -> Known:
    """Return whether two texts are equal."""
    return matches(literal(wanted), literal(text))


def _is_open(symbols: Symbols) -> bool:
    return any(symbol[0] == "\0" for symbol in symbols)


@lru_cache(maxsize=4096)
def matches(wanted: Symbols, text: Symbols) -> Known:
    """Return whether a pattern matches a text, in each of which parts can be unknown."""
    if wanted in {text, (ANY,)}:
        return True
    first = next((at for at, symbol in enumerate(wanted) if len(symbol) > 1), len(wanted))
    if not _is_open(text) and (wanted[:first] != text[:first] or first == len(wanted)):
        return False
    if max(len(wanted), len(text)) > LONGEST:
        return None
    if _overlap(wanted, text, sure=True):
        return True
    may = _is_open(wanted + text) and _overlap(wanted, text, sure=False)
    return None if may else False


def _overlap(wanted: Symbols, text: Symbols, *, sure: bool) -> bool:
    """Return whether the pattern matches the text for all values of the unknown parts, or for one.

    It goes through the pattern; ``row[n]`` is whether that much of it matches n symbols of text.
    """
    free = [not sure and symbol[0] == "\0" for symbol in text]
    row = [True]
    for any_text in free:
        row.append(row[-1] and any_text)
    for symbol in wanted:
        stretches = symbol == ANY or (not sure and symbol[0] == "\0")
        following = [row[0] and stretches]
        for n, (its, any_text) in enumerate(zip(text, free, strict=True), 1):
            same = symbol == its or (symbol == ONE and its[0] != "\0")
            takes = any_text and not (symbol == ":" and its.startswith("\0="))
            covers = stretches and not (its == ":" and symbol.startswith("\0="))
            following.append(
                (row[n - 1] and same)
                or (row[n] and (stretches or takes))
                or (following[n - 1] and (covers or any_text))
            )
        row = following
    return row[-1]


# Operators of conditions, each with the symbols of what is wanted and of what the request says.

Match = Callable[[Symbols, Symbols], Known]


def _caseless(wanted: Symbols, text: Symbols) -> Known:
    return matches(tuple(s.lower() for s in wanted), tuple(s.lower() for s in text))


def _arns(wanted: Symbols, text: Symbols) -> Known:
    """Return whether an ARN matches: a wildcard stays in its part, between two colons."""
    whole = matches(wanted, text)
    theirs, its = _parts(wanted), _parts(text)
    if whole is False or len(theirs) != len(its):
        return False if whole is False else None
    parts = every(map(matches, theirs, its))
    # An unknown part may hold colons.
    return parts if parts or not _is_open(wanted + text) else None


def _parts(symbols: Symbols) -> list[Symbols]:
    colons = [at for at, symbol in enumerate(symbols) if symbol == ":"][:5]
    starts, ends = [0, *(at + 1 for at in colons)], [*colons, len(symbols)]
    return [symbols[start:end] for start, end in zip(starts, ends, strict=True)]


def _read(value_of: Callable[[str], Any], holds: Callable[[Any, Any], bool]) -> Match:
    def match(wanted: Symbols, text: Symbols) -> Known:
        try:
            return holds(value_of("".join(text)), value_of("".join(wanted)))
        except (ValueError, OverflowError):  # an unknown part, or no such value
            return None

    return match


def _date(text: str) -> datetime:
    if re.fullmatch("[0-9]+", text):
        return datetime.fromtimestamp(int(text), timezone.utc)
    found = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return found if found.tzinfo else found.replace(tzinfo=timezone.utc)


def _network(text: str) -> Any:
    return ip_network(text, strict=False)


def _is_inside(its: Any, network: Any) -> bool:
    return its.version == network.version and bool(its.subnet_of(network))


OPERATORS: dict[str, Match] = {
    "StringEquals": matches,
    "StringEqualsIgnoreCase": _caseless,
    "StringLike": matches,
    "ArnEquals": _arns,
    "ArnLike": _arns,
    "Bool": _caseless,
    "IpAddress": _read(_network, _is_inside),
}
for _name, _holds in {
    "Equals": compare.eq,
    "LessThan": compare.lt,
    "LessThanEquals": compare.le,
    "GreaterThan": compare.gt,
    "GreaterThanEquals": compare.ge,
}.items():
    OPERATORS[f"Numeric{_name}"] = _read(float, _holds)
    OPERATORS[f"Date{_name}"] = _read(_date, _holds)

WITH_WILDCARDS = {"StringLike", "ArnEquals", "ArnLike"}
OPPOSITES = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
    "NotIpAddress": "IpAddress",
}
