"""Whether IAM policies allow a request: yes, no, or nobody can know.

An evaluator of our own, because moto's (``moto.iam.access_control``, 5.2.5) takes an unmet
condition for a denial and knows few operators, and PyPI has no well-kept one. It needs the
standard library only. Unknown is a text with an unknown part, a condition key that the caller does
not know, and every element or operator that this evaluator does not know.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

import re
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path
from typing import Any

sys.path.extend({str(Path(__file__).parents[1])} - {*sys.path})  # cfn-lint loads each file alone

from _backup.matching import (
    NOTHING,
    OPERATORS,
    OPPOSITES,
    WITH_WILDCARDS,
    Known,
    Symbols,
    equal,
    every,
    like,
    literal,
    matches,
    negated,
    pattern,
    some,
    unknown,
)

Document = Mapping[str, Any]
Context = Mapping[str, str | list[str]]
"""What a request says beside its action and resource: condition key to value or values.

An empty list means that the request lacks the key.
"""
ELEMENTS = {"Sid", "Effect", "Condition"} | {
    f"{no}{element}" for element in ("Action", "Resource", "Principal") for no in ("", "Not")
}


class Answer(Enum):
    """What IAM answers to a request."""

    ALLOWED = "allowed"
    DENIED = "denied"
    UNKNOWN = "unknown"


def decide(  # noqa: PLR0913 - a request has so many parts
    documents: Iterable[Document],
    action: str,
    arn: str,
    context: Context | None = None,
    *,
    boundaries: Iterable[Document] = (),
    principal: Mapping[str, str] | None = None,
) -> Answer:
    """Return IAM's answer to a request, of which the context may say only a part.

    Without a principal, the documents are the identity policies of whoever asks, and each of the
    boundaries must allow the action as well. With one, such as ``{"Service": "sns.amazonaws.com"}``
    or ``{"AWS": "<ARN of a role>"}``, they are the policies of the resource. An account that such a
    policy allows stands for everybody in it, though IAM asks for an identity policy as well.

    Texts may hold what `matching.unknown` returns.
    """
    request = _Request(action, arn, _lower(context), principal, whole=False)
    return request.answer([*documents], [*boundaries])


def allows(  # noqa: PLR0913 - a request has so many parts
    documents: Iterable[Document],
    action: str,
    arn: str,
    context: Context | None = None,
    *,
    boundaries: Iterable[Document] = (),
    principal: Mapping[str, str] | None = None,
) -> bool:
    """Return whether IAM allows a request, of which the context says everything.

    Raises ValueError where nobody can know.
    """
    request = _Request(action, arn, _lower(context), principal, whole=True)
    answer = request.answer([*documents], [*boundaries])
    if answer is Answer.UNKNOWN:
        doubts = ", ".join(request.doubts) or "a part of a text"
        raise ValueError(f"{action} on {arn!r}: the evaluator does not know {doubts}")
    return answer is Answer.ALLOWED


def as_list(value: Any) -> list[Any]:
    """Return what IAM lets stand alone as a list of one."""
    return value if isinstance(value, list) else [value]


def _lower(context: Context | None) -> Context:
    return {key.lower(): value for key, value in (context or {}).items()}


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, str | int | float) else unknown(type(value).__name__)


@dataclass(frozen=True)
class _Request:
    action: str
    arn: str
    context: Context
    principal: Mapping[str, str] | None
    whole: bool
    """Whether a key that the context lacks is one that the request lacks."""
    variables: bool = False
    doubts: list[str] = field(default_factory=list)

    def answer(self, documents: list[Document], boundaries: list[Document]) -> Answer:
        demanded = [self._effect("Allow", documents)]
        demanded += [self._effect("Allow", [boundary]) for boundary in boundaries]
        denied = self._effect("Deny", documents + boundaries)
        allowed = every([*demanded, negated(denied)])
        if allowed is None:
            return Answer.UNKNOWN
        return Answer.ALLOWED if allowed else Answer.DENIED

    def _effect(self, effect: str, documents: list[Document]) -> Known:
        """Return whether a statement with this effect applies."""
        answers: list[Known] = []
        for document in documents:
            # Documents of the older version, which is the default, have no variables.
            request = replace(self, variables=document.get("Version") == "2012-10-17")
            statements = as_list(document.get("Statement", []))
            answers += [request.applies(statement, effect) for statement in statements]
        return some(answers)

    def applies(self, statement: Any, effect: str) -> Known:
        if not isinstance(statement, dict):
            return self._doubt("what a statement says")
        parts: list[Known] = [equal(_text(statement.get("Effect")), effect)]
        if parts == [False]:
            return False
        if strange := sorted(map(str, set(statement) - ELEMENTS)):
            parts.append(self._doubt(f"{strange} in a statement"))
        # A doubt counts only in a statement that nothing else excludes.
        for part in (self._actions, self._resources, self._principals, self._conditions):
            if every(parts) is not False:
                parts.append(part(statement))
        return every(parts)

    def _actions(self, statement: Document) -> Known:
        action = self.action.lower()
        return self._element(statement, "Action", lambda text: like(_text(text).lower(), action))

    def _resources(self, statement: Document) -> Known:
        if self.principal and not {"Resource", "NotResource"} & set(statement):
            return True  # the trust policy of a role, which is about the role
        arn = literal(self.arn)
        return self._element(
            statement,
            "Resource",
            lambda text: matches(self._pattern(_text(text), wildcards=True), arn),
        )

    def _principals(self, statement: Document) -> Known:
        if self.principal:
            return self._element(statement, "Principal", self._is)
        if {"Principal", "NotPrincipal"} & set(statement):
            return self._doubt("a principal in an identity policy")
        return True

    def _element(self, statement: Document, name: str, match: Callable[[Any], Known]) -> Known:
        """Return whether an element, or the one with Not, is true for the request."""
        match [key for key in (name, f"Not{name}") if key in statement]:
            case [key]:
                found = some(map(match, as_list(statement[key])))
                return found if key == name else negated(found)
            case keys:
                return self._doubt(f"a statement with {' and '.join(keys) or f'no {name}'}")

    def _is(self, wanted: Any) -> Known:
        """Return whether whoever asks is this principal, or one of those in an object."""
        if not isinstance(wanted, dict):
            return equal(_text(wanted), "*")
        names = {kind: [name] for kind, name in (self.principal or {}).items()}
        for arn in names.get("AWS", []):
            match arn.split(":", 5):
                case ["arn", partition, _, _, account, _]:
                    names["AWS"] = [arn, account, f"arn:{partition}:iam::{account}:root"]
        return some(
            (text == "*" and (kind == "AWS" or kind in names))
            or some(equal(text, name) for name in names.get(kind, []))
            for kind, texts in wanted.items()
            for text in map(_text, as_list(texts))
        )

    def _conditions(self, statement: Document) -> Known:
        blocks = statement.get("Condition", {})
        if not isinstance(blocks, dict) or not all(isinstance(b, dict) for b in blocks.values()):
            return self._doubt("what a condition says")
        return every(
            self._holds(operator, key, [_text(value) for value in as_list(values)])
            for operator, block in blocks.items()
            for key, values in block.items()
        )

    def _holds(self, operator: str, key: str, wanted: list[str]) -> Known:
        """Return whether one condition key fulfils one operator.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
        """
        values = self._values(key)
        if operator == "Null":
            lacks = None if values is None else not values
            return some(lacks if text.lower() == "true" else negated(lacks) for text in wanted)
        quantifier, _, name = operator.removesuffix("IfExists").rpartition(":")
        base = OPPOSITES.get(name, name)
        if base not in OPERATORS or quantifier not in {"", "ForAllValues", "ForAnyValue"}:
            return self._doubt(f"the condition operator {operator!r}")
        if values is None:
            return self._doubt(f"the condition key {key!r}")
        if not values:
            absent = quantifier == "ForAllValues" or (not quantifier and name in OPPOSITES)
            return absent or operator.endswith("IfExists")
        if not quantifier and len(values) != 1:
            return self._doubt(f"how {operator} compares the {len(values)} values of {key!r}")
        targets = [self._pattern(text, wildcards=base in WITH_WILDCARDS) for text in wanted]
        found = [
            some(OPERATORS[base](target, literal(value)) for target in targets) for value in values
        ]
        if name in OPPOSITES:
            found = [negated(answer) for answer in found]
        return every(found) if quantifier == "ForAllValues" else some(found)

    def _values(self, key: str) -> list[str] | None:
        """Return the values of a condition key; an empty list: it has none; None: unknown."""
        if key.lower() in self.context:
            return as_list(self.context[key.lower()])
        return [] if self.whole else None

    def _pattern(self, text: str, *, wildcards: bool) -> Symbols:
        """Return the symbols of a text, with the values of its variables."""
        read = pattern if wildcards else literal
        if not self.variables:
            return read(text)
        found: list[str] = []
        for part in re.split(r"(\$\{[^}]*\})", text):
            found += self._variable(part[2:-1]) if part.startswith("${") else read(part)
        return tuple(found)

    def _variable(self, name: str) -> Symbols:
        if name in {"*", "?", "$"}:
            return (name,)
        key, _, default = (part.strip() for part in name.partition(","))
        values = self._values(key)
        if values is None:
            return (unknown(key),)
        if len(values) == 1:
            return literal(values[0])
        return literal(default[1:-1]) if default else (NOTHING,)

    def _doubt(self, what: str) -> Known:
        if what not in self.doubts:
            self.doubts.append(what)
        return None
