"""The roles are complete, narrow and small: judged against AWS's own policies."""

import json
import re
from typing import Any

import pytest
from _backup.iam import allows

from generator.stacks import MAIN
from tests.local_aws import managed_policies
from tests.support.generated import COPIES, full_role, template
from tests.support.parameter_values import ACCOUNT, REGIONS

COUNTERPARTS = {
    MAIN: (managed_policies.BACKUP, managed_policies.RESTORES),
    COPIES: (managed_policies.RESTORES,),
}
"""Template -> the policies that AWS's own role would have in the place of its role."""

EVERY_ROLE = pytest.mark.parametrize("of", COUNTERPARTS)


def _without_pass_role(of: str) -> list[dict[str, Any]]:
    return [
        statement
        for document in full_role(of=of).values()
        for statement in document["Statement"]
        if statement["Action"] != ["iam:PassRole"]
    ]


def _name(value: Any) -> str:
    return str(value["Sid"]) if isinstance(value, dict) else str(value).partition(".")[0]


# Compared with AWS's managed policies, as moto bundles them.


@pytest.mark.parametrize("policy", list(managed_policies.OURS))
def test_every_statement_of_aws_about_our_services_has_been_considered(policy: str) -> None:
    considered = managed_policies.OURS[policy] | set(managed_policies.LEFT_OUT[policy])
    found = managed_policies.of_our_services(policy)
    left_out = set(managed_policies.LEFT_OUT[policy])
    assert found <= considered, "AWS has added statements: take them over, or say why not"
    assert managed_policies.OURS[policy] <= found
    assert left_out <= found
    assert not left_out & managed_policies.OURS[policy]


@pytest.mark.parametrize(
    ("of", "statement"),
    [
        (of, statement)
        for of, policies in COUNTERPARTS.items()
        for statement in managed_policies.ours(*policies)
    ],
    ids=_name,
)
def test_the_role_may_do_all_that_a_managed_statement_lets_it(
    of: str, statement: dict[str, Any]
) -> None:
    requests = managed_policies.requests(statement, ACCOUNT)
    assert requests
    refused = [one for one in requests if not allows(full_role(of=of).values(), *one)]
    assert refused == []


@pytest.mark.parametrize(
    ("of", "statement"),
    [(of, statement) for of in COUNTERPARTS for statement in _without_pass_role(of)],
    ids=_name,
)
def test_the_managed_policies_let_the_role_do_all_that_our_statement_lets_it(
    of: str, statement: dict[str, Any]
) -> None:
    """So a role that only restores may do nothing that only the policy for backups allows."""
    statements = managed_policies.ours(*COUNTERPARTS[of])
    theirs = [{"Version": "2012-10-17", "Statement": statements}]
    wider = [
        request
        for request in managed_policies.requests(statement, ACCOUNT)
        if not allows(theirs, *request)
    ]
    assert wider == []


# The roles themselves.


def test_both_roles_pass_the_same_instance_roles() -> None:
    passed = [
        {name: one for name, one in full_role(of=of).items() if name.startswith("Pass")}
        for of in COUNTERPARTS
    ]
    assert len(passed[0]) == 3
    assert passed[0] == passed[1]


@EVERY_ROLE
def test_every_document_is_one_that_iam_accepts(of: str) -> None:
    """Its grammar is https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html."""
    for document in full_role(of=of).values():
        assert document["Version"] == "2012-10-17"
        sids = [statement["Sid"] for statement in document["Statement"]]
        assert len(set(sids)) == len(sids)
        assert all(re.fullmatch("[A-Za-z0-9]+", sid) for sid in sids)
        for statement in document["Statement"]:
            assert statement["Effect"] == "Allow"
            assert statement["Action"]
            assert all(statement["Resource"])
            # Nothing that CloudFormation should have filled in; IAM's own variables stay.
            assert "${AWS::" not in json.dumps(statement)


def test_equal_resources_and_conditions_make_one_statement() -> None:
    """Apart from iam:PassRole, whose documents exist or not by themselves."""
    for document in full_role().values():
        scopes = [
            json.dumps([statement["Resource"], statement.get("Condition")], sort_keys=True)
            for statement in document["Statement"]
        ]
        assert len(set(scopes)) == len(scopes)


@EVERY_ROLE
@pytest.mark.parametrize("partition", REGIONS)
def test_as_many_instance_roles_fit_as_the_description_says(partition: str, of: str) -> None:
    """In IAM's 10,240 characters of inline policies: every option on, and the longest names.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    """
    role = full_role(partition, of)
    [every] = [
        each["Properties"]["Policies"]
        for each in template(of)["Resources"].values()
        if each["Type"] == "AWS::IAM::Role"
    ]
    assert len(role) == len(every), "everything() leaves a policy of the role off"
    names = re.findall(r":role/([^\"]{64})\"", json.dumps(role))
    more = len(names) - 2  # than the scheduler's and the compute nodes'
    described = template(of)["Parameters"]["AdditionalInstanceRoleArns"]["Description"]
    assert f"Up to {more} fit" in described
    # IAM does not count white space.
    size = sum(len(json.dumps(one, separators=(",", ":"))) for one in role.values())
    assert size <= 10_240
