"""The role is complete, narrow and small: judged against AWS's own policies."""

import json
import re
from typing import Any

import pytest

from tests.local_aws import managed_policies
from tests.local_aws.evaluation import Place
from tests.local_aws.iam import allows, as_list
from tests.support.generated import full_role, inline_policies, resolved, template
from tests.support.parameter_values import ACCOUNT, ON, REGIONS, everything, on

PARTITIONS = list(REGIONS)


def _statements(partition: str = "aws") -> list[dict[str, Any]]:
    return [
        statement
        for document in full_role(partition).values()
        for statement in as_list(document["Statement"])
    ]


def _without_pass_role() -> list[dict[str, Any]]:
    return [statement for statement in _statements() if statement["Action"] != ["iam:PassRole"]]


def _actions(statements: list[dict[str, Any]]) -> set[str]:
    return {action.lower() for one in statements for action in as_list(one["Action"])}


# Compared with AWS's managed policies, as moto bundles them.


def test_the_role_has_every_action_of_the_managed_policies() -> None:
    assert _actions(managed_policies.ours()) - _actions(_statements()) == set()


def test_the_role_has_no_action_that_the_managed_policies_lack() -> None:
    assert _actions(_statements()) - _actions(managed_policies.ours()) == {"iam:passrole"}


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
    theirs = [{"Statement": managed_policies.ours()}]
    wider = [
        request
        for request in managed_policies.requests(statement, ACCOUNT)
        if not allows(theirs, *request)
        # The form that services in China may use; AWS's text of the policy has the other one.
        and not str(request[2].get("kms:ViaService", "")).endswith(".amazonaws.com.cn")
    ]
    assert wider == []


# The role itself.


@pytest.mark.parametrize(
    ("given", "policy"),
    [
        (on("ProtectFSx"), "ProtectFSx"),
        (on("WindowsVSS"), "PauseWindows"),
        (on("CopyDestinationVaultArn"), "CopyToDestinationVault"),
    ],
)
def test_each_protection_brings_its_own_policy_and_leaves_the_others(
    given: dict[str, str], policy: str
) -> None:
    core, protected = inline_policies(resolved()), inline_policies(resolved(**given))
    assert set(protected) - set(core) == {policy}
    assert {name: protected[name] for name in core} == core


def test_pass_role_is_absent_when_no_role_is_given() -> None:
    documents = inline_policies(resolved())
    assert set(documents) == {"UseVaultsAndKeys", "ProtectEC2AndEBS", "ProtectEFS"}
    assert "passrole" not in json.dumps(documents).lower()


@pytest.mark.parametrize(
    ("parameter", "policy"),
    [
        ("SchedulerIAMRoleArn", "PassSchedulerRole"),
        ("ComputeNodeIAMRoleArn", "PassComputeNodeRole"),
        ("AdditionalInstanceRoleArns", "PassAdditionalRoles"),
    ],
)
def test_each_given_role_brings_its_own_policy(parameter: str, policy: str) -> None:
    documents = inline_policies(resolved(**on(parameter)))
    assert set(documents) == {"UseVaultsAndKeys", "ProtectEC2AndEBS", "ProtectEFS", policy}
    [statement] = documents[policy]["Statement"]
    assert statement["Resource"] == ON[parameter].split(",")


def test_pass_role_is_never_on_a_pattern() -> None:
    passing = [one for one in _statements() if "iam:PassRole" in as_list(one["Action"])]
    assert len(passing) == 3
    for statement in passing:
        assert list(statement["Condition"]) == ["StringEquals"]
        for arn in as_list(statement["Resource"]):
            assert re.fullmatch(r"arn:aws:iam::\d{12}:role/[^*?]+", arn)


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


@pytest.mark.parametrize("partition", PARTITIONS)
def test_the_inline_policies_keep_1000_of_iams_10240_characters_free(partition: str) -> None:
    """With every option on, and ten more roles than SOCA's two, all with the longest names.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    """
    every = template()["Resources"]["SOCAAWSBackupRole"]["Properties"]["Policies"]
    assert len(full_role(partition)) == len(every), "everything() leaves a policy of the role off"
    names = re.findall(r":role/([^\"]+)", json.dumps(full_role(partition)))
    assert len([name for name in names if len(name) == 64]) == 12
    # IAM does not count white space.
    size = sum(len(json.dumps(one, separators=(",", ":"))) for one in full_role(partition).values())
    assert size <= 10_240 - 1_000


def test_no_partition_has_a_longer_name_than_those_that_are_measured() -> None:
    from botocore.loaders import Loader

    names = [one["partition"] for one in Loader().load_data("endpoints")["partitions"]]
    assert max(map(len, names)) == max(map(len, PARTITIONS))
    assert Place(REGIONS["aws-cn"]).partition == "aws-cn"


@pytest.mark.parametrize("partition", PARTITIONS)
def test_aws_backup_may_assume_the_role_without_a_condition(partition: str) -> None:
    role = resolved(REGIONS[partition]).resources["SOCAAWSBackupRole"]
    assert role["AssumeRolePolicyDocument"] == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "TrustAWSBackup",
                "Effect": "Allow",
                "Principal": {"Service": "backup.amazonaws.com"},
                "Action": ["sts:AssumeRole"],
            }
        ],
    }


def test_backup_operators_may_pass_the_role() -> None:
    """AWSBackupOperatorAccess passes *AwsBackup* and *AWSBackup* only; the generated name has it.

    A name of its own would block the next stack, because the role is kept.
    """
    [name] = [n for n, kind in resolved().types.items() if kind == "AWS::IAM::Role"]
    assert "AWSBackup" in name
    assert "RoleName" not in resolved(**everything()).resources[name]


def test_the_permissions_boundary_is_the_given_one_or_none() -> None:
    assert "PermissionsBoundary" not in resolved().resources["SOCAAWSBackupRole"]
    role = resolved(**on("PermissionsBoundaryArn")).resources["SOCAAWSBackupRole"]
    assert role["PermissionsBoundary"] == ON["PermissionsBoundaryArn"]
