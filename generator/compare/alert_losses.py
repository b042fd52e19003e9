"""What nobody hears of any more, or hears of later."""

from collections.abc import Iterator

from generator.compare.loss import Loss, at_most
from generator.protection.alerts import FILTERED
from generator.protection.model import Hearing, Protection


def alert_losses(old: Protection, new: Protection) -> Iterator[Loss]:
    """Yield what is heard of no longer, later, or by fewer."""
    before, after = _by_what(old), _by_what(new)
    still = {who for heard in after.values() for who in _listeners(new, heard)}
    for what, hearings in before.items():
        heard = after.get(what, [])
        if not heard:
            # "the deletion of the vault" is one thing, all others are several.
            one = what.startswith("the ")
            yield Loss(*(("nobody hears any more of ", what) if one else ("", what, _UNHEARD)))
            continue
        if lost := sorted(_listeners(old, hearings) - _listeners(new, heard)):
            for who in lost:
                if who + FILTERED in _listeners(new, heard):
                    yield Loss("a filter decides what ", who, " hears of")
                    continue
                yield Loss(
                    f"{who} no longer hears of ", *([what] if who in still else ["anything"])
                )
        elif any(each.certain for each in hearings) and not any(each.certain for each in heard):
            yield Loss("whether anybody hears of ", what, " is no longer known")
        if (late := _later(hearings, heard)) is not None:
            yield Loss("", what, late)


_UNHEARD = " are no longer heard of"


def _later(before: list[Hearing], after: list[Hearing]) -> str | None:
    """Return that something is heard of later; None: it is not."""
    was = [each.after for each in before if each.after is not None]
    hours = [each.after for each in after if each.after is not None]
    if not was or len(hours) < len(after) or any(at_most(hours[0], each) for each in was):
        return None
    return f" are heard of after {hours[0]} hours instead of {was[0]}"


def _listeners(protection: Protection, heard: list[Hearing]) -> set[str]:
    """Return who hears: those whom the template subscribes, or else the topic, whoever that is."""
    return {
        who
        for each in heard
        for who in protection.subscribers.get(each.topic) or {f"the topic {each.topic}"}
    }


def _by_what(protection: Protection) -> dict[str, list[Hearing]]:
    found: dict[str, list[Hearing]] = {}
    for each in sorted(protection.heard, key=_rank):
        found.setdefault(each.what, []).append(each)
    return found


def _rank(hearing: Hearing) -> tuple[str, int, bool, str]:
    """Return what is heard, first what is heard soonest, and then what is certain."""
    hours = hearing.after if isinstance(hearing.after, int) else 0
    return (hearing.what, hours, not hearing.certain, hearing.topic)
