"""The policy at work: it lets a stack live from its creation to its end, and does no more."""

from collections.abc import Iterable
from typing import Any

import pytest
from _backup.iam import Context, allows

from generator.deployer_policy.bounds import Bounds
from generator.stacks import MAIN, STACK_NAMES
from tests.deployed.support import create
from tests.deployer_policy.authorization import IN_REGION, THROUGH_BACKUP, Account, Asked, updates
from tests.deployer_policy.policies import NOT_GIVEN, document
from tests.local_aws.deployer import Stack
from tests.local_aws.local_aws import ACCOUNT, LocalAws
from tests.local_aws.requests import Request
from tests.support.generated import COPIES, TESTS, all_on
from tests.support.parameter_values import CLUSTER, ON, everything, on

NAME = f"{CLUSTER}-backup"
BOUNDARY = ON["PermissionsBoundaryArn"]
TOPIC = ON["NotificationTopicArn"]
PLANS = {MAIN: "BackupPlan", TESTS: "RestoreTestingPlan"}

KINDS_OF_STACKS: dict[str, tuple[str, dict[str, str]]] = {
    "a role without a boundary": (MAIN, {}),
    "everything": (MAIN, everything()),
    "a given key": (
        MAIN,
        {
            **everything(),
            "CreateVaultKmsKey": "no",
            "VaultKmsKeyArn": ON["VaultKmsKeyArn"],
        },
    ),
    "a given topic": (MAIN, {**everything(), "NotificationTopicArn": TOPIC}),
    "an adopted vault": (
        MAIN,
        {"PermissionsBoundaryArn": BOUNDARY, "ExistingVaultName": f"Vault-{CLUSTER}"},
    ),
    "copies": (COPIES, all_on(COPIES)),
    "copies and a given topic": (COPIES, {**all_on(COPIES), "NotificationTopicArn": TOPIC}),
    "copies in an adopted vault": (COPIES, {"ExistingVaultName": f"Copies-{CLUSTER}"}),
    "restore tests": (TESTS, {}),
    "restore tests of instances": (TESTS, on("TestEC2", "TestVpcId", "TestSubnetId")),
}


def widest_and_narrowest(of: str, parameters: dict[str, str]) -> list[Bounds]:
    """Return the policies for a stack of these parameters: each option only narrows."""
    topic = parameters.get("NotificationTopicArn")
    boundary = parameters.get("PermissionsBoundaryArn")
    name = STACK_NAMES[of].replace("<ClusterId>", CLUSTER)
    cluster = CLUSTER if of != TESTS else None  # it has no vault and no key to narrow
    return [Bounds(topic=topic), Bounds(boundary, cluster, ACCOUNT, (name,), topic)]


def deploy(aws: LocalAws, of: str, parameters: dict[str, str]) -> Stack:
    aws.client("sns").create_topic(Name=TOPIC.rpartition(":")[2])
    if vault := parameters.get("ExistingVaultName"):
        aws.client("backup").create_backup_vault(BackupVaultName=vault)
    if of == TESTS:
        role = create(aws).outputs["BackupRoleArn"]
        vpc = aws.client("ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        place = {"TestVpcId": vpc} if "TestVpcId" in parameters else {}
        parameters = {**parameters, **place, "BackupRoleArn": role}
    return create(aws, of, **parameters)


def denied(of: str, bounds: Bounds, questions: Iterable[Asked]) -> list[Asked]:
    return [each for each in questions if not allows([document(bounds, of)], *each)]


def asked(requests: list[Request], *, tags_count: bool) -> list[Asked]:
    account = Account(tags_count)
    # The local deployer asks them what AWS Backup knows, or finds out with a role of its own.
    made = [each for each in requests if each.operation not in {"ListBackupVaults", "GetRole"}]
    return [question for request in made for question in account.asked(request)]


@pytest.mark.parametrize("rolling_back", [False, True], ids=["deleted", "rolled-back"])
@pytest.mark.parametrize("kind", KINDS_OF_STACKS)
def test_a_stack_can_be_created_and_removed(
    aws: LocalAws, kind: str, *, rolling_back: bool
) -> None:
    of, parameters = KINDS_OF_STACKS[kind]
    stack = deploy(aws, of, parameters)
    stack.delete(rolling_back=rolling_back)
    made = {request.operation for request in stack.calls.made}
    if of != COPIES:
        assert {f"{verb}{PLANS[of]}" for verb in ("Create", "Delete")} <= made
    for tags_count in (False, True):
        questions = asked(stack.calls.made, tags_count=tags_count)
        for bounds in widest_and_narrowest(of, parameters):
            assert denied(of, bounds, questions) == []


@pytest.mark.parametrize("kind", KINDS_OF_STACKS)
def test_a_stack_can_be_updated(aws: LocalAws, kind: str) -> None:
    of, parameters = KINDS_OF_STACKS[kind]
    stack = deploy(aws, of, parameters)
    for bounds in widest_and_narrowest(of, parameters):
        not_given = {action for _, action in NOT_GIVEN}
        if bounds.boundary:
            not_given.add("iam:DeleteRolePermissionsBoundary")
        made = [*stack.calls.made, *updates(stack, bounds.boundary)]
        questions = asked(made, tags_count=True)
        assert {each.action for each in denied(of, bounds, questions)} <= not_given


@pytest.mark.parametrize("name", [NAME, f"{CLUSTER}-Backup-1HX5PVG3ZYJ8W"])
def test_a_stack_can_be_operated_alone_and_nested(name: str) -> None:
    for stack_id in ("*", "0b1c2d3e-0000-1111-2222-333344445555"):
        arn = f"arn:aws:cloudformation:{IN_REGION}:stack/{name}/{stack_id}"
        for action in ("CreateStack", "UpdateStack", "DeleteStack", "CreateChangeSet"):
            assert allows([document()], f"cloudformation:{action}", arn)
    imports = {"cloudformation:ImportResourceTypes": ["AWS::Backup::BackupVault"]}
    assert allows([document()], "cloudformation:CreateChangeSet", arn, imports)


@pytest.mark.parametrize(
    "context",
    [
        pytest.param({"aws:RequestTag/soca:ClusterId": CLUSTER}, id="tags-of-the-request"),
        pytest.param({"aws:ResourceTag/soca:ClusterId": CLUSTER}, id="tags-of-the-key"),
        pytest.param({"aws:ViaAWSService": "true"}, id="no-tags"),
    ],
)
def test_a_key_can_be_created_whatever_kms_looks_at(context: Context) -> None:
    """KMS demands PutKeyPolicy of whoever creates a key; which tags count is not documented."""
    arn = f"arn:aws:kms:{IN_REGION}:key/new"
    assert allows([document(Bounds(cluster_id=CLUSTER))], "kms:PutKeyPolicy", arn, context)


ROLE = f"arn:aws:iam::{ACCOUNT}:role/x-SOCAAWSBackupRole-1"
KEY = f"arn:aws:kms:{IN_REGION}:key/foreign"
STACK = f"arn:aws:cloudformation:{IN_REGION}:stack/{{}}/1"
VAULT = f"arn:aws:backup:{IN_REGION}:backup-vault:{{}}"
PAYROLL = f"arn:aws:sns:{IN_REGION}:payroll"
ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
OTHERS_TAG: Context = {"aws:ResourceTag/soca:ClusterId": "other"}
OUR_TAGS: Context = {"aws:RequestTag/soca:ClusterId": CLUSTER, "aws:TagKeys": ["soca:ClusterId"]}
DIRECTLY: Context = {
    name: value for name, value in THROUGH_BACKUP.items() if name != "kms:ViaService"
}
THROUGH_S3: Context = {"kms:ViaService": "s3.us-east-1.amazonaws.com", "aws:ViaAWSService": "true"}

ATTACKS: dict[str, tuple[dict[str, Any], str, str, Context]] = {
    # Foreign stacks.
    "update a stack with a stored role": ({}, "cloudformation:UpdateStack", STACK.format("p"), {}),
    "update a stack that only begins so": (
        {},
        "cloudformation:UpdateStack",
        STACK.format("x-backup-of-y"),
        {},
    ),
    "execute a change of a foreign stack": (
        {},
        "cloudformation:ExecuteChangeSet",
        STACK.format("payroll"),
        {},
    ),
    "update the stack of another cluster": (
        {"stack_names": (NAME,)},
        "cloudformation:UpdateStack",
        STACK.format("other-backup"),
        {},
    ),
    "import a foreign key into a stack": (
        {},
        "cloudformation:CreateChangeSet",
        STACK.format(NAME),
        {"cloudformation:ImportResourceTypes": ["AWS::Backup::BackupVault", "AWS::KMS::Key"]},
    ),
    # An administrator's role.
    "attach AdministratorAccess": ({}, "iam:AttachRolePolicy", ROLE, {"iam:PolicyARN": ADMIN}),
    "create a role without a boundary": ({"boundary": BOUNDARY}, "iam:CreateRole", ROLE, {}),
    "create a role with a boundary that bounds nothing": (
        {"boundary": BOUNDARY},
        "iam:CreateRole",
        ROLE,
        {"iam:PermissionsBoundary": ADMIN},
    ),
    "empower a role without a boundary": ({"boundary": BOUNDARY}, "iam:PutRolePolicy", ROLE, {}),
    "assume a role without a boundary": (
        {"boundary": BOUNDARY},
        "iam:UpdateAssumeRolePolicy",
        ROLE,
        {},
    ),
    "replace a boundary": (
        {"boundary": BOUNDARY},
        "iam:PutRolePermissionsBoundary",
        ROLE,
        {"iam:PermissionsBoundary": ADMIN},
    ),
    "strip a boundary": (
        {"boundary": BOUNDARY},
        "iam:DeleteRolePermissionsBoundary",
        ROLE,
        {"iam:PermissionsBoundary": BOUNDARY},
    ),
    # Foreign keys.
    "decrypt with a foreign key": ({}, "kms:Decrypt", KEY, {}),
    "decrypt through another service": ({}, "kms:Decrypt", KEY, THROUGH_S3),
    "encrypt with a foreign key": ({}, "kms:GenerateDataKey", KEY, OTHERS_TAG),
    "grant a foreign key": ({}, "kms:CreateGrant", KEY, DIRECTLY),
    "tag a foreign key": ({}, "kms:TagResource", KEY, OUR_TAGS),
    "untag a foreign key": ({}, "kms:UntagResource", KEY, {"aws:TagKeys": ["team"]}),
    "take over a foreign key": ({}, "kms:PutKeyPolicy", KEY, {"aws:ResourceTag/team": "hr"}),
    "delete a foreign key": ({}, "kms:ScheduleKeyDeletion", KEY, {}),
    "disable a foreign key": ({}, "kms:DisableKey", KEY, {}),
    "disable a foreign key by a stack": ({}, "kms:DisableKey", KEY, {"aws:ViaAWSService": "true"}),
    "create a key without the tag": ({}, "kms:CreateKey", "*", {}),
    "create a key of another cluster": (
        {"cluster_id": CLUSTER},
        "kms:CreateKey",
        "*",
        {"aws:RequestTag/soca:ClusterId": "other"},
    ),
    "take over a key of another cluster": (
        {"cluster_id": CLUSTER},
        "kms:PutKeyPolicy",
        KEY,
        OTHERS_TAG,
    ),
    "rename a key of another cluster": (
        {"cluster_id": CLUSTER},
        "kms:UpdateAlias",
        f"arn:aws:kms:{IN_REGION}:alias/other-backup",
        {},
    ),
    # Foreign topics and vaults, and other accounts.
    "listen to a foreign topic": ({}, "sns:Subscribe", PAYROLL, {}),
    "silence a foreign topic": ({}, "sns:Unsubscribe", PAYROLL, {}),
    "filter what a foreign topic sends": ({}, "sns:SetSubscriptionAttributes", PAYROLL, {}),
    "delete the vault of another cluster": (
        {"cluster_id": CLUSTER},
        "backup:DeleteBackupVault",
        VAULT.format("Vault-other"),
        {},
    ),
    "delete a vault whose name begins alike": (
        {"cluster_id": CLUSTER},
        "backup:DeleteBackupVault",
        VAULT.format(f"Vault-{CLUSTER}2"),
        {},
    ),
    "reach another account": (
        {"account": "210987654321"},
        "iam:CreateRole",
        ROLE,
        {},
    ),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_it_cannot(attack: str) -> None:
    given, action, arn, context = ATTACKS[attack]
    assert not allows([document(Bounds(**given))], action, arn, context)


GROUP = f"arn:aws:ec2:{IN_REGION}:security-group/sg-1"
BY_STACK: Context = {"aws:ViaAWSService": "true"}

ATTACKS_OF_COMPANIONS: dict[str, tuple[str, str, str, Context]] = {
    "update the cluster's stack": (COPIES, "cloudformation:UpdateStack", STACK.format(NAME), {}),
    "delete the cluster's vault": (COPIES, "backup:DeleteBackupVault", VAULT.format("Vault-x"), {}),
    "delete the vault of copies": (TESTS, "backup:DeleteBackupVault", VAULT.format("Copies-x"), {}),
    "delete a rule of a stack of 1.x": (
        COPIES,
        "events:DeleteRule",
        f"arn:aws:events:{IN_REGION}:rule/x-SOCACopyJobAlert-1",
        {},
    ),
    "open a group by a stack": (TESTS, "ec2:AuthorizeSecurityGroupIngress", GROUP, BY_STACK),
    "open a group's way out": (TESTS, "ec2:AuthorizeSecurityGroupEgress", GROUP, OUR_TAGS),
    "open the way out of another stack's group": (
        TESTS,
        "ec2:AuthorizeSecurityGroupEgress",
        GROUP,
        {**BY_STACK, "aws:ResourceTag/aws:cloudformation:stack-name": "soca-mycluster"},
    ),
    "delete another stack's group by a stack": (
        TESTS,
        "ec2:DeleteSecurityGroup",
        GROUP,
        {**BY_STACK, "aws:ResourceTag/aws:cloudformation:stack-name": "soca-mycluster"},
    ),
    "delete a group": (TESTS, "ec2:DeleteSecurityGroup", GROUP, OUR_TAGS),
    "tag a group": (TESTS, "ec2:CreateTags", GROUP, OUR_TAGS),
    "tag a VPC by a stack": (
        TESTS,
        "ec2:CreateTags",
        f"arn:aws:ec2:{IN_REGION}:vpc/vpc-1",
        BY_STACK,
    ),
    "import a group": (
        TESTS,
        "cloudformation:CreateChangeSet",
        STACK.format("x-restore-testing"),
        {"cloudformation:ImportResourceTypes": ["AWS::EC2::SecurityGroup"]},
    ),
    "make a role": (TESTS, "iam:CreateRole", ROLE, {}),
    "restore with an administrator's role": (
        TESTS,
        "iam:PassRole",
        f"arn:aws:iam::{ACCOUNT}:role/Admin",
        {"iam:PassedToService": "backup.amazonaws.com"},
    ),
}


@pytest.mark.parametrize("attack", ATTACKS_OF_COMPANIONS)
def test_the_policy_of_a_companion_cannot(attack: str) -> None:
    name, action, arn, context = ATTACKS_OF_COMPANIONS[attack]
    assert not allows([document(name=name)], action, arn, context)


def test_restore_tests_get_the_role_and_their_service_its_own() -> None:
    """As AWS's own policy AWSBackupFullAccess allows it."""
    linked = f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/{{}}/X"
    for service in ("backup", "restore-testing.backup", "ec2"):
        host = f"{service}.amazonaws.com"
        passed = allows([document(name=TESTS)], "iam:PassRole", ROLE, {"iam:PassedToService": host})
        assert passed is (service != "ec2")
        made = allows(
            [document(name=TESTS)],
            "iam:CreateServiceLinkedRole",
            linked.format(host),
            {"iam:AWSServiceName": host},
        )
        assert made is (service == "restore-testing.backup")


def test_a_given_topic_may_be_subscribed_to_and_that_is_all() -> None:
    for action, allowed in (("Subscribe", True), ("Unsubscribe", True), ("DeleteTopic", False)):
        assert allows([document(Bounds(topic=TOPIC))], f"sns:{action}", TOPIC) is allowed


def test_a_role_is_passed_to_backup_only() -> None:
    for bounds in (Bounds(), Bounds(boundary=BOUNDARY)):
        for service in ("backup", "ec2", "cloudformation"):
            to = {"iam:PassedToService": f"{service}.amazonaws.com"}
            assert allows([document(bounds)], "iam:PassRole", ROLE, to) is (service == "backup")


def test_the_role_that_aws_makes_for_itself_is_that_of_backup() -> None:
    role = f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/backup.amazonaws.com/X"
    for service in ("backup", "eks"):
        name = {"iam:AWSServiceName": f"{service}.amazonaws.com"}
        made = allows([document()], "iam:CreateServiceLinkedRole", role, name)
        assert made is (service == "backup")


@pytest.mark.parametrize("missing", THROUGH_BACKUP)
def test_a_key_is_granted_to_backup_for_vaults_only(missing: str) -> None:
    context = {name: value for name, value in THROUGH_BACKUP.items() if name != missing}
    assert not allows([document()], "kms:CreateGrant", KEY, context)


@pytest.mark.parametrize("domain", ["amazonaws.com", "amazonaws.com.cn", "amazonaws.eu"])
def test_the_key_of_a_vault_is_used_in_every_partition(domain: str) -> None:
    context = {**THROUGH_BACKUP, "kms:ViaService": f"backup.some-region-1.{domain}"}
    assert allows([document()], "kms:CreateGrant", KEY, context)


@pytest.mark.parametrize(
    "arn",
    [
        f"arn:aws:cloudwatch:{IN_REGION}:alarm:{NAME}-SOCABackupSilenceEFS-1",
        f"arn:aws:events:{IN_REGION}:rule/{NAME}-SOCACopyJobAlert-1",
    ],
)
def test_an_update_removes_what_an_earlier_release_made(arn: str) -> None:
    action = "cloudwatch:DeleteAlarms" if "alarm" in arn else "events:DeleteRule"
    assert allows([document()], action, arn)
