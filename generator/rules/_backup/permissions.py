"""What a role may do, as far as the template tells."""

import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

sys.path.extend({str(Path(__file__).parents[1])} - {*sys.path})  # cfn-lint loads each file alone

from _backup.cases import Case, Given
from _backup.documents import Reader, in_each_world, marked
from _backup.iam import Answer, Document, decide
from _backup.matching import like, unknown
from _backup.roles import Policies, policies_of
from _backup.values import Values

# What is wrong and what to do, by the reason of the refusal.
SAID = {
    "lacks": "Role {role!r} lacks {actions}. {harm}: allow these actions",
    "elsewhere": (
        "Role {role!r} may not do this on the resources that it is about: {actions}. The Resource "
        "of the statements that allow it matches only others. {harm}: use '*' as Resource, or the "
        "ARNs of these resources if the action takes ARNs"
    ),
    "denied": (
        "A Deny in the policies of role {role!r} forbids {actions}. A Deny wins over every Allow. "
        "{harm}: take them out of the Deny"
    ),
    "boundary": (
        "The permissions boundary of role {role!r} leaves out {actions}. A role may do only what "
        "its policies and its boundary both allow. {harm}: allow these actions in the boundary"
    ),
}


class Need(NamedTuple):
    """Actions that a role needs, each with ARNs of what it is about, and when."""

    actions: dict[str, list[str]]
    what_for: str
    given: Given


class Refused(NamedTuple):
    """What a role may not do, though it needs to: one for each role and reason."""

    role: str
    message: str
    given: Given
    reason: str


def refused(
    values: Values, needs: Iterable[tuple[str, Case, Need]], harm: str
) -> Iterator[Refused]:
    """Yield what roles, each with its properties, may not do of what they need."""
    found: dict[tuple[str, str], dict[str, dict[str, None]]] = defaultdict(dict)
    when: dict[tuple[str, str], Given] = {}
    of_roles: dict[str, Permissions] = {}
    for role, properties, need in needs:
        if role not in of_roles:
            of_roles[role] = Permissions(values, policies_of(values, role, properties))
        for action, arns in need.actions.items():
            for reason, given in of_roles[role].refusals(action, arns, need.given):
                found[role, reason].setdefault(need.what_for, {})[action] = None
                when.setdefault((role, reason), given)
    for (role, reason), actions in found.items():
        message = SAID[reason].format(role=role, actions=_told(actions), harm=harm)
        yield Refused(role, message, when[role, reason], reason)


def _told(actions: Mapping[str, Iterable[str]]) -> str:
    """Return what is missing for what; what lacks the same is told once."""
    lacking: dict[str, list[str]] = defaultdict(list)
    for what_for, those in actions.items():
        lacking[", ".join(those)].append(what_for)
    return "; ".join(
        f"{those} for {first}" + (f" and {len(others)} more" if others else "")
        for those, (first, *others) in lacking.items()
    )


class Permissions:
    """What the policies of a role allow."""

    def __init__(self, values: Values, policies: Policies) -> None:
        self.values = values
        self.statements = list(_one_by_one(values, policies.documents + policies.others))
        self.boundaries = [
            (each, list(_one_by_one(values, [each]))) for each in policies.boundaries
        ]

        self._relevant: dict[str, tuple[list[Case], list[tuple[Case, list[Case]]]]] = {}
        self._known: dict[Any, list[tuple[str, Given]]] = {}

    def refusals(self, action: str, arns: list[str], given: Given) -> list[tuple[str, Given]]:
        """Return why the role may not do this, and when; nothing: it may, or that is unknown.

        Each of the ARNs describes what the action is about. Reasons: the role "lacks" the action,
        may do it "elsewhere" only, a Deny forbids it ("denied"), or the "boundary" leaves it out.
        """
        asked = (action, tuple(arns), frozenset(given.items()))
        if asked not in self._known:  # many resources of a selection ask the same
            self._known[asked] = [
                (reason, when)
                for when, policies in in_each_world(self.values, given, self._reading(action))
                if (reason := policies.refusal(action, arns)) and self.values.possible(when)
            ]
        return self._known[asked]

    def _reading(self, action: str) -> Callable[[Reader], "_Policies"]:
        """Return what reads the statements about an action: only their conditions matter."""

        def about(statements: list[Case]) -> list[Case]:
            return [each for each in statements if _can_be_about(self.values, each, action)]

        if action not in self._relevant:
            boundaries = [(boundary, about(inside)) for boundary, inside in self.boundaries]
            self._relevant[action] = about(self.statements), boundaries
        statements, boundaries = self._relevant[action]

        def read(reader: Reader) -> _Policies:
            return _Policies(
                [reader.document(each) for each in statements],
                [
                    [reader.document(each) for each in inside]
                    for boundary, inside in boundaries
                    if reader.is_there(boundary)
                ],
            )

        return read


class _Policies(NamedTuple):
    documents: list[Document]
    boundaries: list[list[Document]]

    def refusal(self, action: str, arns: list[str]) -> str | None:
        if not _is_denied(self.documents, action, arns):
            outside = any(_is_denied(boundary, action, arns) for boundary in self.boundaries)
            return "boundary" if outside else None
        allows = [
            document
            for document in self.documents
            if not isinstance(document.get("Statement"), dict)
            or document["Statement"].get("Effect") != "Deny"
        ]
        if not _is_denied(allows, action, arns):
            return "denied"
        return "lacks" if _is_denied(allows, action, [unknown("anything")]) else "elsewhere"


def _is_denied(documents: list[Document], action: str, arns: list[str]) -> bool:
    return any(decide(documents, action, arn) is Answer.DENIED for arn in arns)


def _one_by_one(values: Values, documents: list[Case]) -> Iterator[Case]:
    """Yield a document for each statement of documents."""
    for document in documents:
        versions = [version.text for version in values.at(document, "Version")]
        for statement in values.items(values.at(document, "Statement")):
            yield replace(statement, value={"Version": versions[0], "Statement": statement.value})


def _can_be_about(values: Values, document: Case, action: str) -> bool:
    """Return whether the statement of a document can be about the action."""
    statement = document.value["Statement"]
    if not isinstance(statement, dict) or "NotAction" in statement:
        return True
    return any(
        case.text is None or like(marked(case.text).lower(), action.lower()) is not False
        for case in values.items(values.at(document, "Statement", "Action"))
    )


def arn_of(resource: str, beside: str = "") -> str:
    """Return an ARN of which the service, and how the resource begins, are known.

    It is in the partition of the ARN beside it.
    """
    known = beside if beside.startswith("arn:") else marked("arn:${AWS::Partition}")
    partition = known.split(":")[1]
    service, _, beginning = resource.partition(":")
    region, account = (unknown(name, colons=False) for name in ("region", "account"))
    # The names of RDS's snapshots have colons.
    rest = unknown("rest", colons=not beginning or beginning.endswith("snapshot:"))
    return f"arn:{partition}:{service}:{region}:{account}:{beginning}{rest}"
