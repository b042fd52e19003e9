"""What a role may do, as far as the template tells."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

sys.path.extend({str(Path(__file__).parents[1])} - {*sys.path})  # cfn-lint loads each file alone

from _backup.cases import Case, Given
from _backup.documents import Reader, in_each_world, marked
from _backup.iam import Answer, Document, decide
from _backup.matching import like, unknown
from _backup.roles import Policies
from _backup.values import Values


class Permissions:
    """What the policies of a role allow."""

    def __init__(self, values: Values, policies: Policies) -> None:
        self.values = values
        self.statements = list(_one_by_one(values, policies.documents + policies.others))
        self.boundaries = [
            (each, list(_one_by_one(values, [each]))) for each in policies.boundaries
        ]

    def refusals(self, action: str, arns: list[str], given: Given) -> Iterator[tuple[str, Given]]:
        """Yield why the role may not do this, and when; nothing: it may, or that is unknown.

        Each of the ARNs describes what the action is about. Reasons: the role "lacks" the action,
        may do it "elsewhere" only, a Deny forbids it ("denied"), or the "boundary" leaves it out.
        """
        # Only the conditions that such statements depend on matter.
        statements = [each for each in self.statements if _can_be_about(self.values, each, action)]
        boundaries = [
            (boundary, [each for each in inside if _can_be_about(self.values, each, action)])
            for boundary, inside in self.boundaries
        ]

        def read(reader: Reader) -> _Policies:
            return _Policies(
                [reader.document(each) for each in statements],
                [
                    [reader.document(each) for each in inside]
                    for boundary, inside in boundaries
                    if reader.is_there(boundary)
                ],
            )

        for when, policies in in_each_world(self.values, given, read):
            reason = policies.refusal(action, arns)
            if reason and self.values.possible(when):
                yield reason, when


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
