"""The policy of whoever installs: complete for what the templates have; and narrow."""

import fnmatch
import json
import re
from functools import cache
from typing import Any

import pytest
from troposphere import GetAtt, Output, Ref, Template
from troposphere.iam import Role
from troposphere.s3 import Bucket
from troposphere.sns import Topic

from generator.deployer_policy import policy
from generator.deployer_policy.permissions_by_type import rows
from generator.stacks import MAIN, backup, templates
from generator.stacks.render import render
from tests.deployer_policy.needs import handlers, iam_table
from tests.local_aws.deployer import Deployer
from tests.local_aws.local_aws import LocalAws

# Longer ones cannot be a managed policy; whitespace does not count.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
MAX_MANAGED_POLICY = 6144

# What a handler asks for and the policy does not give, with the reason.
NOT_GIVEN = {
    ("AWS::Backup::BackupVault", "backup-storage:Mount"): "IAM knows no such action",
    ("AWS::SNS::Topic", "iam:PassRole"): "for delivery logs, which no topic of ours writes",
    ("AWS::SNS::Topic", "iam:GetRole"): "same",
    ("AWS::SNS::Subscription", "iam:PassRole"): "for Firehose, which no subscription of ours uses",
    ("AWS::SNS::Subscription", "iam:GetRole"): "same",
    ("AWS::Events::Rule", "iam:PassRole"): "for targets with a role; ours are topics, without",
}


@cache
def statements() -> list[dict[str, Any]]:
    document = json.loads(policy.text(templates()))
    assert document["Version"] == "2012-10-17"
    found: list[dict[str, Any]] = document["Statement"]
    return found


def given(action: str) -> list[dict[str, Any]]:
    """Return the statements that allow the action."""
    return [one for one in statements() if action in one["Action"]]


@pytest.mark.parametrize("kind", rows())
def test_whatever_a_handler_calls_is_allowed(kind: str) -> None:
    missing = {action for action in handlers(kind) if not given(action)}
    assert missing <= {action for type_, action in NOT_GIVEN if type_ == kind}


def test_iam_still_knows_no_mount() -> None:
    assert "mount" not in iam_table()["backup-storage"]["Actions"]


def test_every_action_exists_and_takes_the_arns_it_is_given_on() -> None:
    for statement in statements():
        for action in statement["Action"]:
            service, name = action.split(":")
            known = iam_table()[service]["Actions"][name.lower()]
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


def test_no_action_has_a_wildcard_and_every_statement_a_name() -> None:
    found = statements()
    assert not [action for one in found for action in one["Action"] if "*" in action]
    names = [one["Sid"] for one in found]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch("[A-Za-z0-9]+", name) for name in names)


def test_it_fits_into_a_managed_policy() -> None:
    assert len("".join(policy.text(templates()).split())) <= MAX_MANAGED_POLICY


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
    ("sns:Subscribe", "arn:aws:sns:eu-west-1:1:payroll", True),
    ("events:DeleteRule", "arn:aws:events:eu-west-1:1:rule/soca-SOCABackupJobAlert-X", True),
    ("events:DeleteRule", "arn:aws:events:eu-west-1:1:rule/payroll", False),
    (
        "cloudwatch:DeleteAlarms",
        "arn:aws:cloudwatch:eu-west-1:1:alarm:soca-SOCABackupSilenceEFSAlarm-X",
        True,
    ),
    ("cloudwatch:DeleteAlarms", "arn:aws:cloudwatch:eu-west-1:1:alarm:payroll", False),
    ("cloudformation:DeleteStack", "arn:aws:cloudformation:eu-west-1:1:stack/soca/1", True),
    ("s3:GetObject", "arn:aws:s3:::installer/soca-backup/v1.0.0/templates/Backup.template", True),
    ("s3:GetObject", "arn:aws:s3:::payroll/2026.csv", False),
]


@pytest.mark.parametrize(("action", "arn", "allowed"), ARNS)
def test_it_reaches_what_the_stack_makes_and_little_else(
    action: str, arn: str, allowed: bool
) -> None:
    patterns = [pattern for one in given(action) for pattern in one["Resource"]]
    assert any(fnmatch.fnmatchcase(arn, pattern) for pattern in patterns) == allowed


def test_whoever_has_it_can_install_the_stack_and_roll_it_back(aws: LocalAws) -> None:
    """Each call that a local deployment makes, on the name that it makes it on, is allowed."""
    parameters = {"ClusterId": "soca-mycluster"}
    stack = Deployer(aws).create(render(backup.template()), "soca-backup", parameters)
    stack.delete(rolling_back=True)  # the kept ones too
    assert stack.resources == {}
    # The local deployer lists what is there; none but the list handler of a schema does.
    made = [request for request in stack.calls.made if not request.operation.startswith("List")]
    assert {"CreateBackupVault", "DeleteBackupVault", "CreateRole", "DeleteRole"} <= {
        request.operation for request in made
    }
    for request in made:
        action = f"{request.service}:{request.operation}"
        patterns = [arn for one in given(action) for arn in one["Resource"]]
        arns = [
            form.format(request.parameters[name])
            for name, form in {
                "BackupVaultName": "arn:aws:backup:us-east-1:1:backup-vault:{}",
                "RoleName": "arn:aws:iam::1:role/{}",
            }.items()
            if name in request.parameters
        ]
        assert patterns, action
        for arn in arns:
            assert any(fnmatch.fnmatchcase(arn, pattern) for pattern in patterns), (action, arn)


def test_a_role_is_passed_to_backup_only() -> None:
    (statement,) = given("iam:PassRole")
    assert statement["Condition"] == {
        "StringEquals": {"iam:PassedToService": "backup.amazonaws.com"}
    }


def test_the_role_that_aws_makes_for_itself_is_that_of_backup() -> None:
    (statement,) = given("iam:CreateServiceLinkedRole")
    assert statement["Condition"] == {
        "StringEquals": {"iam:AWSServiceName": "backup.amazonaws.com"}
    }


def test_a_key_is_granted_for_vaults_only() -> None:
    (statement,) = given("kms:CreateGrant")
    assert statement["Condition"] == {
        "Bool": {"kms:GrantIsForAWSResource": "true"},
        "ForAnyValue:StringEquals": {"kms:EncryptionContextKeys": ["aws:backup:backup-vault"]},
    }


def test_the_vault_can_be_made_at_all() -> None:
    (statement,) = given("backup-storage:MountCapsule")
    assert statement["Resource"] == ["*"]  # IAM has no narrower one


def test_what_the_template_does_not_have_is_not_allowed() -> None:
    template = Template()
    template.add_resource(Topic("Alerts"))
    template.add_output(Output("Name", Value=GetAtt("Alerts", "TopicName")))
    services = {
        action.split(":")[0]
        for one in json.loads(policy.text({MAIN: template}))["Statement"]
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
        one["Sid"]: one["Resource"]
        for one in json.loads(policy.text({MAIN: template}))["Statement"]
    }
    assert found["ManageTopic"] == ["arn:*:sns:*:*:soca-alerts"]
    assert found["ManageRole"] == ["arn:*:iam::*:role/*"]


def test_a_type_without_a_row_cannot_be_generated() -> None:
    template = backup.template()
    template.add_resource(Bucket("Reports"))
    with pytest.raises(ValueError, match=r"has no row for AWS::S3::Bucket"):
        policy.policy({MAIN: template})


def test_no_resource_of_ours_makes_an_exception_necessary() -> None:
    for resource in backup.template().to_dict()["Resources"].values():
        if resource["Type"].startswith(("AWS::Events::", "AWS::SNS::")):
            targets = resource["Properties"].get("Targets", [])
            for properties in (resource["Properties"], *targets):
                assert not {"RoleArn", "DeliveryStatusLogging"} & set(properties)
