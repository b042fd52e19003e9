"""Holds the fields of a ``--query`` against the answer that botocore's model describes."""

from typing import Any

import jmespath
import jmespath.exceptions
from botocore.model import ListShape, MapShape, Shape, StructureShape


def query_findings(answer: Shape | None, query: str) -> list[str]:
    """Return the fields of ``query`` that ``answer`` does not have, or why it is no JMESPath."""
    try:
        tree = jmespath.compile(query).parsed  # type: ignore[no-untyped-call]  # no annotations
    except jmespath.exceptions.JMESPathError as error:
        return [f"--query: {error}"]
    problems: list[str] = []
    _pick(tree, answer, problems)
    return [f"--query: {problem}" for problem in problems]


def _pick(node: dict[str, Any], shape: Shape | None, problems: list[str]) -> Shape | None:
    """Return what ``node`` picks out of ``shape``; None where the model cannot say."""
    kind = node["type"]
    children = [child for child in node["children"] if isinstance(child, dict)]
    if kind == "field":
        return _field(node["value"], shape, problems)
    if kind in ("subexpression", "index_expression", "pipe", "flatten"):
        for child in children:
            shape = _pick(child, shape, problems)
    elif kind in ("projection", "filter_projection", "value_projection"):
        item = _item(_pick(children[0], shape, problems))
        picked, *_ = [_pick(child, item, problems) for child in children[1:]]
        shape = picked if isinstance(picked, ListShape) else None
    elif kind == "index":
        shape = _item(shape)
    elif kind == "function_expression":
        first = _pick(children[0], shape, problems)
        for child in children[1:]:
            _pick(child, _item(first) if child["type"] == "expref" else shape, problems)
        shape = {"sort_by": first, "max_by": _item(first)}.get(node["value"])
    elif kind not in ("current", "identity"):
        for child in children:
            _pick(child, shape, problems)
        shape = None
    return shape


def _field(name: str, shape: Shape | None, problems: list[str]) -> Shape | None:
    if isinstance(shape, MapShape):
        value: Shape = shape.value
        return value
    if isinstance(shape, StructureShape) and name in shape.members:
        member: Shape = shape.members[name]
        return member
    if shape is not None:
        problems.append(f"{shape.name} has no {name!r}")
    return None


def _item(shape: Shape | None) -> Shape | None:
    """Return the shape of a list's items."""
    if isinstance(shape, ListShape):
        member: Shape = shape.member
        return member
    return None
