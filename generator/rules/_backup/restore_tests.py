"""The restore testing plans and selections in a template, and the roles that they use."""

import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.extend({str(Path(__file__).parents[1])} - {*sys.path})  # cfn-lint loads each file alone

from _backup.cases import Case, Given
from _backup.roles import roles_at
from _backup.values import Values


def restore_plans(values: Values) -> Iterator[Case]:
    """Yield the properties of each restore testing plan."""
    for _, plan in values.of_type("AWS::Backup::RestoreTestingPlan"):
        if isinstance(plan.value, dict):
            yield plan


def restore_selections(values: Values) -> Iterator[Case]:
    """Yield the properties of each restore testing selection."""
    for _, selection in values.of_type("AWS::Backup::RestoreTestingSelection"):
        if isinstance(selection.value, dict):
            yield selection


def restore_roles(values: Values) -> Iterator[tuple[str, Case, Given]]:
    """Yield the roles in the template that restore tests use, and what must be true for it."""
    for selection in restore_selections(values):
        yield from roles_at(values, values.at(selection, "IamRoleArn"))
