"""The policy of whoever installs: complete for what the templates have; and narrow."""

import fnmatch
import itertools
import json
import re
from typing import Any

import pytest
from troposphere import GetAtt, Output, Ref, Template
from troposphere.iam import Role
from troposphere.s3 import Bucket
from troposphere.sns import Topic

from generator.deployer_policy import policy
from generator.deployer_policy.bounds import Bounds
from generator.deployer_policy.permissions_by_type import rows, stack_grants
from generator.stacks import MAIN, TEMPLATES, backup
from tests.deployer_policy.needs import handlers, iam_table
from tests.deployer_policy.policies import NOT_GIVEN, document

# Longer ones cannot be a managed policy; white space does not count.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
MAX_MANAGED_POLICY = 6144

# The longest values that AWS takes, but for the path of the boundary.
LONGEST: dict[str, Any] = {
    "boundary": "arn:aws-us-gov:iam::123456789012:policy/" + "b" * 128,
    "cluster_id": "c" * 43,
    "account": "123456789012",
    "stack_names": ("s" * 128,),
    "topic": "arn:aws-us-gov:sns:us-gov-west-1:123456789012:" + "t" * 256,
}


every_template = pytest.mark.parametrize("name", TEMPLATES)


def types(name: str) -> set[str]:
    """Return the types of resources in a template."""
    resources = TEMPLATES[name]().to_dict()["Resources"].values()
    return {resource["Type"] for resource in resources}


def statements(name: str = MAIN) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = document(name=name)["Statement"]
    return found


def given(action: str, name: str = MAIN) -> list[dict[str, Any]]:
    """Return the statements that allow the action."""
    return [
        one
        for one in statements(name)
        if any(fnmatch.fnmatchcase(action, pattern) for pattern in one["Action"])
    ]


@every_template
def test_whatever_a_handler_calls_is_allowed(name: str) -> None:
    for kind in types(name):
        missing = {action for action in handlers(kind) if not given(action, name)}
        assert missing <= {action for type_, action in NOT_GIVEN if type_ == kind}


def test_iam_still_knows_no_mount() -> None:
    assert "mount" not in iam_table()["backup-storage"]["Actions"]


def actions_of(statement: dict[str, Any]) -> set[str]:
    """Return IAM's actions, in small letters, that a statement allows."""
    return {
        f"{service}:{name}"
        for service, _, pattern in (action.lower().partition(":") for action in statement["Action"])
        for name in fnmatch.filter(iam_table()[service]["Actions"], pattern)
    }


@every_template
@pytest.mark.parametrize("bounds", [Bounds(), Bounds(**LONGEST)], ids=["open", "bounded"])
def test_the_actions_are_those_of_the_table(bounds: Bounds, name: str) -> None:
    """No pattern in the policy allows more than the actions in whose place it stands."""
    kinds = types(name)
    grants = [
        *stack_grants(bounds),
        *(each for kind, row in rows(bounds).items() if kind in kinds for each in row.grants),
    ]
    wanted: dict[str, set[str]] = {}
    for grant in grants:
        names = {f"{action.prefix}:{action.action}".lower() for action in grant.actions}
        wanted.setdefault(grant.sid, set()).update(names)
    made = {one["Sid"]: actions_of(one) for one in document(bounds, name)["Statement"]}
    assert made == wanted


@every_template
def test_every_action_takes_the_arns_it_is_given_on(name: str) -> None:
    for statement in document(Bounds(**LONGEST), name)["Statement"]:
        for action in actions_of(statement):
            service, operation = action.split(":")
            known = iam_table()[service]["Actions"][operation]
            kinds = known.get("Resources", [])
            kinds = [kinds] if isinstance(kinds, str) else kinds
            formats = [
                form
                for kind in kinds
                for form in iam_table()[service]["Resources"][kind.lower()]["ARNFormats"]
            ]
            for arn in statement["Resource"]:
                if not formats:
                    assert arn == "*", action
                elif arn != "*":
                    assert any(_of_the_form(arn, form) for form in formats), (action, arn)


def _of_the_form(arn: str, form: str) -> bool:
    """Return whether the pattern has the service and the kind of resource that the format has."""
    pattern = re.sub(r"\$\{[^}]*\}", "*", form).replace(".*", "*")
    own, expected = arn.split(":", 5), pattern.split(":", 5)
    kind = expected[5].partition("*")[0]
    return own[2] == expected[2] and (own[5].startswith(kind) or kind.startswith("*"))


@every_template
def test_no_action_has_a_wildcard_and_every_statement_a_name(name: str) -> None:
    found = statements(name)
    assert not [action for one in found for action in one["Action"] if "*" in action]
    sids = [one["Sid"] for one in found]
    assert len(set(sids)) == len(sids)
    assert all(re.fullmatch("[A-Za-z0-9]+", sid) for sid in sids)


def combinations() -> list[Bounds]:
    """Return the bounds of every combination of options."""
    return [
        Bounds(**{name: LONGEST[name] for name in names})
        for count in range(len(LONGEST) + 1)
        for names in itertools.combinations(LONGEST, count)
    ]


@every_template
def test_it_fits_into_a_managed_policy_with_every_combination_of_options(name: str) -> None:
    template = TEMPLATES[name]()
    texts = [policy.text(name, template, bounds) for bounds in combinations()]
    assert len(set(texts)) == 2 ** len(LONGEST) or name != MAIN
    assert max(len("".join(text.split())) for text in texts) <= MAX_MANAGED_POLICY


def test_a_policy_without_room_is_one_sentence() -> None:
    too_many = Bounds(stack_names=tuple(f"{number}" * 128 for number in range(10)))
    with pytest.raises(ValueError, match=r"^the policy has \d{4} characters, .* give fewer or"):
        policy.text(MAIN, backup.template(), too_many)


# What the installer of a cluster does -> the ARN it does it on, allowed or not.
ARNS = [
    ("backup:CreateBackupVault", "arn:aws:backup:eu-west-1:1:backup-vault:Vault-soca-x", True),
    ("backup:DeleteBackupVault", "arn:aws-cn:backup:cn-north-1:1:backup-vault:Vault-x", True),
    ("backup:DeleteBackupVault", "arn:aws:backup:eu-west-1:1:backup-vault:Default", False),
    ("backup:UpdateBackupPlan", "arn:aws:backup:eu-west-1:1:backup-plan:0000-1111", True),
    ("backup:DeleteBackupSelection", "arn:aws:backup:eu-west-1:1:backup-plan:0000-1111", True),
    ("backup:DeleteRecoveryPoint", "arn:aws:ec2:eu-west-1::image/ami-1", False),
    ("iam:DeleteRole", "arn:aws:iam::1:role/soca-Backup-1A-SOCAAWSBackupRole-X1", True),
    ("iam:PassRole", "arn:aws-us-gov:iam::1:role/soca-Backup-1A-SOCAAWSBackupRole-X1", True),
    ("iam:PassRole", "arn:aws:iam::1:role/Admin", False),
    ("iam:PutRolePolicy", "arn:aws:iam::1:role/Admin", False),
    ("iam:DeleteRole", "arn:aws:iam::1:role/aws-service-role/backup.amazonaws.com/X", False),
    (
        "iam:CreateServiceLinkedRole",
        "arn:aws:iam::1:role/aws-service-role/backup.amazonaws.com/AWSServiceRoleForBackup",
        True,
    ),
    ("iam:CreateServiceLinkedRole", "arn:aws:iam::1:role/aws-service-role/eks/X", False),
    ("kms:CreateGrant", "arn:aws:kms:eu-west-1:1:key/1", True),
    ("kms:CreateAlias", "arn:aws:kms:eu-west-1:1:alias/soca-x-backup", True),
    ("kms:DeleteAlias", "arn:aws:kms:eu-west-1:1:alias/aws/ebs", False),
    ("sns:DeleteTopic", "arn:aws:sns:eu-west-1:1:soca-Backup-1A-SOCABackupAlertsTopic-X", True),
    ("sns:DeleteTopic", "arn:aws:sns:eu-west-1:1:payroll", False),
    ("sns:Subscribe", "arn:aws:sns:eu-west-1:1:payroll", False),
    ("events:DeleteRule", "arn:aws:events:eu-west-1:1:rule/soca-SOCABackupJobAlert-X", True),
    ("events:DeleteRule", "arn:aws:events:eu-west-1:1:rule/payroll", False),
    (
        "cloudwatch:DeleteAlarms",
        "arn:aws:cloudwatch:eu-west-1:1:alarm:soca-SOCABackupSilenceEFSAlarm-X",
        True,
    ),
    ("cloudwatch:DeleteAlarms", "arn:aws:cloudwatch:eu-west-1:1:alarm:payroll", False),
    ("cloudformation:DeleteStack", "arn:aws:cloudformation:eu-west-1:1:stack/soca/1", False),
    ("cloudformation:DeleteStack", "arn:aws:cloudformation:eu-west-1:1:stack/a-backup/1", True),
    ("s3:GetObject", "arn:aws:s3:::installer/soca-backup/v1.0.0/templates/Backup.template", True),
    ("s3:GetObject", "arn:aws:s3:::payroll/2026.csv", False),
]


@pytest.mark.parametrize(("action", "arn", "allowed"), ARNS)
def test_it_reaches_what_the_stack_makes_and_little_else(
    action: str, arn: str, allowed: bool
) -> None:
    patterns = [pattern for one in given(action) for pattern in one["Resource"]]
    assert any(fnmatch.fnmatchcase(arn, pattern) for pattern in patterns) == allowed


def test_the_vault_can_be_made_at_all() -> None:
    (statement,) = given("backup-storage:MountCapsule")
    assert statement["Resource"] == ["*"]  # IAM has no narrower one


def test_what_the_template_does_not_have_is_not_allowed() -> None:
    template = Template()
    template.add_resource(Topic("Alerts"))
    template.add_output(Output("Name", Value=GetAtt("Alerts", "TopicName")))
    services = {
        action.split(":")[0]
        for one in json.loads(policy.text(MAIN, template))["Statement"]
        for action in one["Action"]
    }
    assert services == {"cloudformation", "s3", "sns"}


def test_a_resource_with_a_name_is_scoped_to_it() -> None:
    template = Template()
    template.add_resource(Topic("Alerts", TopicName="soca-alerts"))
    template.add_resource(
        Role("Anything", RoleName=Ref("Any"), AssumeRolePolicyDocument={"Statement": []})
    )
    found = {
        one["Sid"]: one["Resource"] for one in json.loads(policy.text(MAIN, template))["Statement"]
    }
    assert found["ManageTopic"] == ["arn:*:sns:*:*:soca-alerts"]
    assert found["ManageRole"] == ["arn:*:iam::*:role/*"]


def test_a_type_without_a_row_cannot_be_generated() -> None:
    template = backup.template()
    template.add_resource(Bucket("Reports"))
    with pytest.raises(ValueError, match=r"has no row for AWS::S3::Bucket"):
        policy.policy(MAIN, template)


def test_no_resource_of_ours_makes_an_exception_necessary() -> None:
    for resource in backup.template().to_dict()["Resources"].values():
        if resource["Type"].startswith(("AWS::Events::", "AWS::SNS::")):
            targets = resource["Properties"].get("Targets", [])
            for properties in (resource["Properties"], *targets):
                assert not {"RoleArn", "DeliveryStatusLogging"} & set(properties)
