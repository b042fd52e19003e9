"""Whether what one selection takes is all that another one takes."""

from _backup.matching import like

from generator.protection.model import Reach, Tag


def takes(one: Reach, other: Reach, *, opted_in: bool = False, without: bool = False) -> bool:
    """Return whether one reach takes all that another takes, whatever two of its parts are."""
    return (
        (
            not one.arn
            or one.arn == other.arn
            or (bool(other.arn) and like(one.arn, other.arn) is True)
        )
        and asks_no_more(one.tags, other.tags)
        and (without or all(_is_left_out(arn, other.without) for arn in one.without))
        and (opted_in or not one.opted_in or other.opted_in)
    )


def _is_left_out(arn: str, without: frozenset[str]) -> bool:
    return any(arn == each or like(each, arn) is True for each in without)


def asks_no_more(tags: frozenset[Tag], others: frozenset[Tag]) -> bool:
    """Return whether what carries the other tags is certain to carry these."""
    return all(any(_follows(tag, other) for other in others) for tag in tags)


def _follows(tag: Tag, other: Tag) -> bool:
    if tag == other:
        return True
    return (
        (tag.operator, tag.key) == ("StringLike", other.key)
        and other.operator in ("StringEquals", "StringLike")
        and like(tag.value, other.value) is True
    )
