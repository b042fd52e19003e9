"""What is lost of a stack by what AWS says of it."""

import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import fields, replace
from typing import Any

import pytest
from _backup.matching import unknown

from generator.cloudformation.errors import UnreadableError
from generator.cloudformation.read import Template
from generator.live.answers import Answers
from generator.live.model import Deployed, deployed, drift, live, unheard
from generator.protection.model import Protection
from generator.protection.texts import Place
from tests.live.deployments import as_aws_may_write, deploy
from tests.live.drifts import DRIFTS, GIVEN
from tests.local_aws.local_aws import ACCOUNT, local_aws
from tests.support.combinations import Row, switches
from tests.support.parameter_values import ON, REGIONS, everything

PLACE = Place("aws", REGIONS["aws"], ACCOUNT)
STACK_ID = f"arn:aws:cloudformation:{PLACE.region}:{ACCOUNT}:stack/one/1"


def deployments() -> Iterator[tuple[str, Row]]:
    """Yield regions and parameters."""
    for partition, region in REGIONS.items():
        yield from ((region, {}), (region, everything(partition)))
    for row in (*switches(), {"VaultLock": "governance"}):
        yield REGIONS["aws"], row


def test_a_healthy_stack_loses_nothing_whatever_its_parameters(endpoint_url: str) -> None:
    for region, row in deployments():
        with local_aws(endpoint_url, region) as aws:
            stack, answers = deploy(aws, **row)
        for said in (answers, as_aws_may_write(answers)):
            assert (drift(stack, said), unheard(stack, said)) == ([], []), row
            if not row.get("NotificationTopicArn") and not row.get("ExistingVaultName"):
                assert _comparable(live(stack, said)) == _comparable(stack.expected), row
                assert "\\x00" not in repr(stack.expected), row


def _comparable(protection: Protection) -> dict[str, object]:
    """Return what is protected, without what differs in its form alone."""
    vaults = {
        # Nobody knows for how many days a lock could be lifted.
        name: replace(each, lock=each.lock and replace(each.lock, grace=each.lock.grace and 0))
        for name, each in protection.vaults.items()
    }
    found = {field.name: getattr(protection, field.name) for field in fields(protection)}
    return {**found, "vaults": vaults, "selections": (), "reaches": {*protection.reaches}}


@pytest.fixture(scope="module")
def healthy(endpoint_url: str) -> tuple[Deployed, Answers]:
    """Give a stack that has every protection, and what AWS says of it."""
    with local_aws(endpoint_url, PLACE.region) as aws:
        return deploy(aws, **GIVEN)


@pytest.mark.parametrize("name", DRIFTS)
def test_a_drift_is_told_and_nothing_else(healthy: tuple[Deployed, Answers], name: str) -> None:
    stack, answers = healthy
    changed = deepcopy(answers)
    changed = DRIFTS[name].edit(changed) or changed
    [role] = stack.expected.roles
    told = (*drift(stack, changed), *unheard(stack, changed))
    expected = (*DRIFTS[name].drift, *DRIFTS[name].unheard)
    assert told == tuple(each.replace("<role>", role) for each in expected)


def test_what_aws_does_not_say_is_no_loss(healthy: tuple[Deployed, Answers]) -> None:
    stack, answers = healthy
    for field in fields(Answers):
        said = replace(answers, **{field.name: getattr(Answers(), field.name)})
        assert (drift(stack, said), unheard(stack, said)) == ([], []), field.name
    assert (drift(stack, Answers()), unheard(stack, Answers())) == ([], [])


# What the stack does not make.

LOCKED = (
    "the lock refuses the backups of SOCADailyBackup, kept 30 days: it asks for at least 90 days"
)
ADOPTED = "Vault-of-all"
TOPIC = f"arn:aws:sns:us-east-1:{ACCOUNT}:alerts"


@pytest.fixture(scope="module")
def adopted(endpoint_url: str) -> tuple[Deployed, Answers]:
    """Give a stack with a vault and a topic that it does not make."""
    with local_aws(endpoint_url, PLACE.region) as aws:
        return deploy(aws, ExistingVaultName=ADOPTED, NotificationTopicArn=TOPIC)


def test_an_adopted_vault_is_as_it_is(adopted: tuple[Deployed, Answers]) -> None:
    stack, answers = adopted
    vault = {**(answers.vault or {}), "MinRetentionDays": 7, "LockDate": "2027-01-01"}
    statement = {"Effect": "Allow", "Principal": "*", "Action": "backup:*", "Resource": "*"}
    policy = json.dumps({"Statement": statement})
    assert drift(stack, replace(answers, vault=vault, vault_policy=policy)) == []


def test_an_adopted_vault_may_refuse_backups(adopted: tuple[Deployed, Answers]) -> None:
    stack, answers = adopted
    vault = {**(answers.vault or {}), "Locked": True, "MinRetentionDays": 90}
    assert drift(stack, replace(answers, vault=vault)) == [
        LOCKED,
    ]
    denial = {"Effect": "Deny", "Principal": "*", "Resource": "*"}
    actions = ["backup:StartBackupJob", "backup:DeleteRecoveryPoint"]
    policy = json.dumps({"Statement": {**denial, "Action": actions}})
    told = drift(stack, replace(answers, vault_policy=policy))
    assert told == ["the vault's policy denies backup:StartBackupJob"]
    vault = {**vault, "EncryptionKeyArn": ON["VaultKmsKeyArn"]}
    nothing = json.dumps({"Statement": []})
    found = live(stack, replace(answers, vault=vault, key_policy=nothing)).vaults[ADOPTED]
    assert "kms:Decrypt" in found.key_refuses


def test_the_policy_of_a_given_key_is_read(endpoint_url: str) -> None:
    key = ON["VaultKmsKeyArn"]
    with local_aws(endpoint_url, PLACE.region) as aws:
        stack, answers = deploy(aws, VaultKmsKeyArn=key)
    statement = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Resource": key}
    actions = ["kms:D*", "kms:Enc*", "kms:G*", "kms:R*"]
    policy = json.dumps({"Statement": {**statement, "Action": actions}})
    said = replace(answers, key_policy=policy)
    assert drift(stack, said) == []
    [vault] = live(stack, said).vaults.values()
    assert vault.key_refuses == ("kms:CreateGrant",)


def test_a_topic_of_others_may_refuse_what_is_sent(adopted: tuple[Deployed, Answers]) -> None:
    stack, answers = adopted
    refuses = {TOPIC: {"Policy": json.dumps({"Statement": []})}}
    told = unheard(stack, replace(answers, topics=refuses))
    assert len(told) == 2
    assert all("no longer heard of" in each or "nobody hears any more" in each for each in told)
    # A condition that asks for what nobody knows here.
    organization = {"StringEquals": {"aws:SourceOrgID": "o-1"}}
    statement = {"Effect": "Allow", "Principal": "*", "Action": "sns:*", "Resource": "*"}
    policy = json.dumps({"Statement": {**statement, "Condition": organization}})
    assert unheard(stack, replace(answers, topics={TOPIC: {"Policy": policy}})) == []


# What a stack is called, and its parameters.


def deployed_with(resources: dict[str, Any], declared: dict[str, Any], *described: Any) -> Deployed:
    """Return a stack whose resources are called as their logical ids in small letters."""
    document = {"Parameters": declared, "Resources": resources}
    physical = {name: name.lower() for name in resources}
    return deployed(Template("a template", document), described, physical, PLACE, STACK_ID)


def test_the_arn_of_a_role_has_its_path() -> None:
    role = {"Type": "AWS::IAM::Role", "Properties": {"Path": {"Ref": "Path"}}}
    path = {"ParameterKey": "Path", "ParameterValue": "/of/backups/"}
    stack = deployed_with({"Role": role}, {"Path": {"Type": "String"}}, path)
    assert [*stack.expected.roles] == [f"arn:aws:iam::{ACCOUNT}:role/of/backups/role"]


def test_a_stack_knows_what_its_resources_and_itself_are_called() -> None:
    name = "${AWS::StackName} ${AWS::StackId} ${AWS::URLSuffix} ${Plan} ${Plan.BackupPlanId}"
    stack = deployed_with({"Plan": plan(RuleName={"Fn::Sub": name})}, {})
    [rule] = stack.expected.rules
    assert rule.name == f"one {STACK_ID} amazonaws.com plan plan"


def plan(**rule: Any) -> dict[str, Any]:
    """Return a plan with one rule."""
    properties = {"BackupPlan": {"BackupPlanRule": [rule]}}
    return {"Type": "AWS::Backup::BackupPlan", "Properties": properties}


@pytest.mark.parametrize(
    ("declared", "described", "name"),
    [
        ({"Type": "String", "Default": "usual"}, {}, "usual"),
        ({"Type": "String", "Default": "usual"}, {"ParameterValue": "given"}, "given"),
        (
            {"Type": "AWS::SSM::Parameter::Value<String>"},
            {"ParameterValue": "/vaults/name", "ResolvedValue": "resolved"},
            "resolved",
        ),
        (
            {"Type": "AWS::SSM::Parameter::Value<String>"},
            {"ParameterValue": "/vaults/name"},
            unknown("Fn::SSM /vaults/name"),
        ),
    ],
    ids=["default", "given", "ssm", "ssm-not-resolved"],
)
def test_the_values_of_parameters_are_those_of_the_stack(
    declared: dict[str, Any], described: dict[str, str], name: str
) -> None:
    resources = {"Plan": plan(TargetBackupVault={"Ref": "Name"})}
    parameter = {"ParameterKey": "Name", **described}
    stack = deployed_with(resources, {"Name": declared}, *([parameter] if described else []))
    [rule] = stack.expected.rules
    assert rule.vault == name


@pytest.mark.parametrize(
    "text",
    ["<html>", '{"Statement": ', '{"a":' * 100_000, '{"a":' * 200 + "1" + "}" * 200],
    ids=["page", "half", "endless", "deep"],
)
def test_a_text_that_is_no_policy_is_told(healthy: tuple[Deployed, Answers], text: str) -> None:
    stack, answers = healthy
    with pytest.raises(UnreadableError, match="JSON"):
        drift(stack, replace(answers, vault_policy=text))
    rules = {name: {"EventPattern": text} for name in answers.rules}
    assert drift(stack, replace(answers, rules=rules)) == []
