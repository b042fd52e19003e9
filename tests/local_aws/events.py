"""What EventBridge sends to a target: the events that match a pattern, transformed.

Patterns are moto's affair (``moto.events.models.EventPattern``); the transformer is read from
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
and refuses what that page does not describe.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

_PATH = re.compile(r"\$((?:\.[A-Za-z0-9_-]+|\[\d+\])*)")
_STEP = re.compile(r"\.([A-Za-z0-9_-]+)|\[(\d+)\]")
_VARIABLE = re.compile(r"<([A-Za-z0-9._-]+)>")
_WHOLE = "aws.events.event.json"
_MISSING = object()


def matches(pattern: dict[str, Any], event: Mapping[str, Any]) -> bool:
    """Return whether a rule with this pattern sees the event."""
    from moto.events.models import EventPattern

    return EventPattern(json.dumps(pattern), pattern).matches_event(dict(event))  # type: ignore[arg-type] # an event as AWS sends it


def sent(transformer: Mapping[str, Any], event: Mapping[str, Any]) -> str:
    """Return the text that the target receives.

    A variable whose path does not exist does not appear. A value within a string is put in as it
    is, nothing escaped, and an object loses its quotes there; by itself a value is its JSON.
    ``<aws.events.event.json>`` is the whole event, and may only stand by itself.
    Raises ValueError for what the page does not describe.
    """
    paths = transformer["InputPathsMap"]
    if len(paths) > 100 or any(not re.fullmatch(r"[A-Za-z0-9_-]+", name) for name in paths):
        raise ValueError(f"at most 100 variables, of letters, digits, _ and -, not {sorted(paths)}")
    values = {_WHOLE: event, **{name: _at(path, event) for name, path in paths.items()}}
    template = transformer["InputTemplate"]
    if len(template) > 8192:
        raise ValueError(f"a template of {len(template)} characters; EventBridge takes 8192")
    text, within, position = "", False, 0
    while position < len(template):
        if found := _VARIABLE.match(template, position):
            if found[1] not in values:
                raise ValueError(f"<{found[1]}> is no variable: the paths are {sorted(paths)}")
            if found[1] == _WHOLE and within:
                raise ValueError(f"<{_WHOLE}> stands within a string, where nothing is escaped")
            text += _shown(values[found[1]], within=within)
            position = found.end()
            continue
        step = 2 if template[position] == "\\" else 1
        within ^= template[position] == '"'
        text += template[position : position + step]
        position += step
    return text


def _shown(value: Any, *, within: bool) -> str:
    if value is _MISSING:
        return ""
    if not within:
        return json.dumps(value)
    return value if isinstance(value, str) else json.dumps(value).replace('"', "")


def _at(path: str, event: Any) -> Any:
    if not (found := _PATH.fullmatch(path)):
        raise ValueError(f"the path {path!r} has more than names and indices")
    for name, index in _STEP.findall(found[1]):
        if name and isinstance(event, Mapping):
            event = event.get(name, _MISSING)
        elif index and isinstance(event, list) and int(index) < len(event):
            event = event[int(index)]
        else:
            return _MISSING
    return event
