"""E9572: restore testing selections that AWS Backup refuses, or that select nothing."""

import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.extend({str(Path(__file__).parents[1])} - {*sys.path})  # cfn-lint loads each file alone

from _backup.cases import Case, together
from _backup.resource_arns import KINDS, kinds_named, resource_arn_fault
from _backup.restore_tests import restore_selections
from _backup.rule import BackupRule, Problem, problem
from _backup.template import narrows
from _backup.values import Values

TESTED = sorted({name for kind in KINDS for name in kind.tested_as})
MOST_ARNS = 30


class TestedResources(BackupRule):
    id = "E9572"
    shortdesc = "Restore testing selection that AWS Backup refuses, or that restores nothing"
    description = (
        "A restore testing selection is about one resource type, which is one of AWS Backup's "
        "words, for example EC2 or EFS. ProtectedResourceArns is either ['*'], with or without "
        "conditions, or up to 30 ARNs of that type, without conditions."
    )
    source_url = (
        "https://docs.aws.amazon.com/aws-backup/latest/devguide/"
        "API_RestoreTestingSelectionForCreate.html"
    )
    tags = ["resources", "backup", "restore"]

    def check(self, values: Values) -> Iterator[Problem]:
        """Check what restore testing selections select."""
        for selection in restore_selections(values):
            kinds = values.at(selection, "ProtectedResourceType")
            arns = values.at(selection, "ProtectedResourceArns")
            yield from self._types(kinds)
            for (kind, each), given in together(kinds, arns):
                for arn in values.items([Case(each.value, each.path, given, each.via)]):
                    yield from self._arn(values, arn, kind)
            conditions = values.at(selection, "ProtectedResourceConditions")
            for each in arns:
                yield from self._together(values, each, conditions)

    def _types(self, kinds: list[Case]) -> Iterator[Problem]:
        known = {name.lower() for name in TESTED}
        for kind in kinds:
            if kind.known and str(kind.text).lower() not in known:
                yield problem(
                    kind,
                    f"ProtectedResourceType {kind} is no type that AWS Backup can test, so it "
                    f"refuses the selection: use one of {', '.join(TESTED)}",
                )

    def _arn(self, values: Values, arn: Case, kind: Case) -> Iterator[Problem]:
        fault = resource_arn_fault(values, arn)
        if fault:
            yield problem(
                arn,
                f"ProtectedResourceArns {arn}: {fault.why}, so AWS Backup refuses the selection "
                f"or restores nothing of it: {fault.instead}",
            )
            return
        named = {name for each in kinds_named(values, arn) for name in each.tested_as}
        if kind.known and kind.text in TESTED and named and kind.text not in named:
            yield problem(
                arn,
                f"ProtectedResourceArns {arn} is not of the ProtectedResourceType {kind}, so "
                f"nothing of it is restored: use ARNs of that type, or the type "
                f"{' or '.join(sorted(named))}",
            )

    def _together(self, values: Values, arns: Case, conditions: list[Case]) -> Iterator[Problem]:
        items = list(values.items([arns]))
        stars = [item for item in items if item.text == "*"]
        named = [item for item in items if self._is_arn(values, item)]
        for (star, _), given in together(stars, named):
            yield problem(
                star,
                "ProtectedResourceArns holds '*' beside ARNs, and AWS Backup accepts only one of "
                "the two: use ['*'] alone for every resource of the type, or the ARNs alone",
                given,
            )
        certain = [item for item in items if item.given == arns.given]
        if len(certain) > MOST_ARNS:
            yield problem(
                arns,
                f"ProtectedResourceArns holds {len(certain)} ARNs, and AWS Backup accepts at most "
                f"{MOST_ARNS}: use several selections, or ['*'] with conditions",
            )
        for (case, _), given in together(conditions, named):
            if not stars and narrows(values, case):
                yield problem(
                    case,
                    "ProtectedResourceConditions stands beside ARNs in ProtectedResourceArns, and "
                    "AWS Backup refuses the two together: remove the conditions, or use ['*'] as "
                    "ProtectedResourceArns",
                    given,
                )

    def _is_arn(self, values: Values, item: Case) -> bool:
        return (item.text or "").startswith("arn:") or item.reference[0] in values.resources
