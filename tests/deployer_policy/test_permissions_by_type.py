"""What each type needs: complete, against its schema; and narrow."""

import pytest

from generator.deployer_policy.permissions_by_type import rows
from generator.stacks import templates
from tests.deployer_policy.needs import handlers


@pytest.mark.parametrize("kind", rows())
def test_a_row_gives_what_its_handlers_call_and_what_aws_documents_beside_it(kind: str) -> None:
    row = {
        f"{action.prefix}:{action.action}"
        for grant in rows()[kind].grants
        for action in grant.actions
    }
    assert row - handlers(kind) <= ({"iam:ListRoleTags"} if kind == "AWS::IAM::Role" else set())


def test_every_row_is_of_a_type_that_a_template_has() -> None:
    kinds = {
        resource["Type"]
        for template in templates().values()
        for resource in template.to_dict()["Resources"].values()
    }
    assert set(rows()) == kinds
