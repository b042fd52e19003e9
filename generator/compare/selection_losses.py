"""What is selected no longer, and the resources that still are, of which the rest is compared."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from generator.compare.loss import Loss
from generator.protection.model import Protection, Reach, Role, Rule, Tag
from generator.protection.reaches import asks_no_more, takes
from generator.protection.words import listed, tags_text


class Selected(NamedTuple):
    """Resources that are selected before and after, with all that backs them up."""

    name: str
    """What sentences call them."""
    type: str
    old: tuple[Rule, ...]
    new: tuple[Rule, ...]
    old_roles: tuple[Role | None, ...]
    new_roles: tuple[Role | None, ...]
    """None: a role that is not in the template."""


def selected(old: Protection, new: Protection) -> list[Selected]:
    """Return what the old protection selects, as far as the new one does.

    If all of a type carry another tag, or fewer of it are selected, what is selected is compared.
    """
    found: list[Selected] = []
    for reach in old.reaches:
        several = len(_tags(old, reach.type)) > 1
        before, after = _taking(old, reach), _taking(new, reach)
        if not after and not several and len(_tags(new, reach.type)) == 1:
            after = [each for each in new.reaches if each.type == reach.type]
        if after:
            name = f"{reach.type} with {tags_text(reach.tags)}" if several else ""
            one = Selected(
                name or reach.type,
                reach.type,
                _rules(old, before),
                _rules(new, after),
                _roles(old, before),
                _roles(new, after),
            )
            if one not in found:
                found.append(one)
    return found


def _tags(protection: Protection, type_name: str) -> set[frozenset[Tag]]:
    return {reach.tags for reach in protection.reaches if reach.type == type_name}


def _taking(protection: Protection, reach: Reach) -> list[Reach]:
    """Return the selections that are certain to take whatever a reach takes."""
    return [each for each in protection.reaches if each.type == reach.type and takes(each, reach)]


def _rules(protection: Protection, reaches: list[Reach]) -> tuple[Rule, ...]:
    plans = {reach.plan for reach in reaches}
    return tuple(rule for rule in protection.rules if rule.plan in plans)


def _roles(protection: Protection, reaches: list[Reach]) -> tuple[Role | None, ...]:
    return tuple(protection.roles.get(arn) for arn in dict.fromkeys(r.role for r in reaches))


def selection_losses(old: Protection, new: Protection) -> Iterator[Loss]:
    """Yield what is selected no longer."""
    lost = [reach for reach in old.reaches if not _taking(new, reach)]
    retagged: dict[tuple[frozenset[Tag], tuple[frozenset[Tag], ...]], dict[str, None]] = {}
    for reach in lost:
        theirs = [each for each in new.reaches if each.type == reach.type]
        if not theirs:
            yield Loss("", reach.type, " are no longer selected")
        elif with_tags := [each for each in theirs if asks_no_more(each.tags, reach.tags)]:
            yield Loss("", reach.type, _of_part(reach, with_tags))
        else:
            tags = tuple(dict.fromkeys(each.tags for each in theirs))
            retagged.setdefault((reach.tags, tags), {})[reach.type] = None
    tagged = {reach.type for reach in old.reaches}
    for (before, after), types in retagged.items():
        yield from _of_tags(before, after, [] if tagged == {*types} else [*types])


def _of_part(reach: Reach, theirs: list[Reach]) -> str:
    """Return how the new protection takes less of what a reach takes."""
    if any(takes(each, reach, opted_in=True) for each in theirs):
        return " are selected only if the region has opted in to them"
    by_arn = [each for each in theirs if takes(each, reach, opted_in=True, without=True)]
    if by_arn:
        left_out = sorted(frozenset.intersection(*(e.without for e in by_arn)) - reach.without)
        return f" are selected only in part: NotResources has {listed(left_out)}"
    arns = listed(sorted({each.arn for each in theirs}))
    return f" are selected only in part: {arns} instead of {reach.arn or 'all'}"


def _of_tags(
    before: frozenset[Tag], after: Iterable[frozenset[Tag]], types: list[str]
) -> Iterator[Loss]:
    """Yield that other tags are asked for, of some types or, if none is named, of all."""
    more = [tags - before for tags in after if before < tags]
    for each in types or [""]:
        if not before:
            yield Loss(f"only what carries {_either(after)} is still selected of ", each)
        elif more:
            yield Loss(f"only what also carries {_either(more)} is still selected of ", each)
        else:
            was, is_now = tags_text(before), _either(after)
            if _only_keys_differ([before, *after]):
                was, is_now = (next(iter(tags)).key for tags in (before, *after))
            end = f" is now {is_now}: what carries {was} is no longer selected"
            yield Loss("the tag of ", each, end)


def _only_keys_differ(several: list[frozenset[Tag]]) -> bool:
    """Return whether they are two tags, one before and one after, with the same value."""
    tags = [tag for each in several for tag in each]
    return (
        list(map(len, several)) == [1, 1]
        and len({tag.key for tag in tags}) > 1
        and {(tag.operator, tag.value) for tag in tags} == {("StringEquals", tags[0].value)}
    )


def _either(several: Iterable[frozenset[Tag]]) -> str:
    return " or ".join(sorted({tags_text(tags) for tags in several}))
