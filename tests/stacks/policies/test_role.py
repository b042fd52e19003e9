"""The role is complete, narrow and small: judged against AWS's own policies."""

import json
import re
from typing import Any

import pytest
from _backup.iam import allows

from tests.local_aws import managed_policies
from tests.support.generated import full_role, template
from tests.support.parameter_values import ACCOUNT, REGIONS


def _without_pass_role() -> list[dict[str, Any]]:
    return [
        statement
        for document in full_role().values()
        for statement in document["Statement"]
        if statement["Action"] != ["iam:PassRole"]
    ]


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


@pytest.mark.parametrize("statement", managed_policies.ours(), ids=lambda one: str(one["Sid"]))
def test_the_role_may_do_all_that_a_managed_statement_lets_it(statement: dict[str, Any]) -> None:
    requests = managed_policies.requests(statement, ACCOUNT)
    assert requests
    refused = [one for one in requests if not allows(full_role().values(), *one)]
    assert refused == []


@pytest.mark.parametrize("statement", _without_pass_role(), ids=lambda one: str(one["Sid"]))
def test_the_managed_policies_let_the_role_do_all_that_our_statement_lets_it(
    statement: dict[str, Any],
) -> None:
    theirs = [{"Version": "2012-10-17", "Statement": managed_policies.ours()}]
    wider = [
        request
        for request in managed_policies.requests(statement, ACCOUNT)
        if not allows(theirs, *request)
    ]
    assert wider == []


# The role itself.


def test_every_document_is_one_that_iam_accepts() -> None:
    """Its grammar is https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html."""
    for document in full_role().values():
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


@pytest.mark.parametrize("partition", REGIONS)
def test_as_many_instance_roles_fit_as_the_description_says(partition: str) -> None:
    """In IAM's 10,240 characters of inline policies: every option on, and the longest names.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    """
    every = template()["Resources"]["SOCAAWSBackupRole"]["Properties"]["Policies"]
    assert len(full_role(partition)) == len(every), "everything() leaves a policy of the role off"
    names = re.findall(r":role/([^\"]{64})\"", json.dumps(full_role(partition)))
    more = len(names) - 2  # than the scheduler's and the compute nodes'
    described = template()["Parameters"]["AdditionalInstanceRoleArns"]["Description"]
    assert f"Up to {more} fit" in described
    # IAM does not count white space.
    size = sum(len(json.dumps(one, separators=(",", ":"))) for one in full_role(partition).values())
    assert size <= 10_240
