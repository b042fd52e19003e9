"""Each resource type becomes the calls of its handler, and is gone after its deletion."""

import json
from typing import Any

import pytest

from tests.local_aws.deployer import Deployer, Stack
from tests.local_aws.errors import DeploymentError
from tests.local_aws.handlers import HANDLERS
from tests.local_aws.local_aws import LocalAws
from tests.local_aws.requests import NOT_IN_MOTO, Requests
from tests.local_aws.samples import BACKUP, ROLE, VAULT, edited

TAGS = [{"Key": "soca:BackupPlan", "Value": "soca-x"}]
KEY_POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}},
            "Action": "kms:*",
            "Resource": "*",
        }
    ],
}
RESOURCES: dict[str, dict[str, Any]] = {
    "Role": ROLE,
    "Policy": {
        "Type": "AWS::IAM::Policy",
        "Properties": {
            "PolicyName": "More",
            "Roles": [{"Ref": "Role"}],
            "PolicyDocument": ROLE["Properties"]["Policies"][0]["PolicyDocument"],
        },
    },
    "Profile": {"Type": "AWS::IAM::InstanceProfile", "Properties": {"Roles": [{"Ref": "Role"}]}},
    "Instance": {
        "Type": "AWS::EC2::Instance",
        "Properties": {
            "ImageId": "ami-12c6146b",
            "InstanceType": "t3.micro",
            "IamInstanceProfile": {"Ref": "Profile"},
            "Tags": TAGS,
        },
    },
    "FileSystem": {
        "Type": "AWS::EFS::FileSystem",
        "Properties": {"Encrypted": "true", "FileSystemTags": TAGS},
    },
    "Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "install-me"}},
    "Key": {
        "Type": "AWS::KMS::Key",
        "Properties": {
            "KeyPolicy": KEY_POLICY,
            "EnableKeyRotation": True,
            "PendingWindowInDays": 7,
        },
    },
    "Alias": {
        "Type": "AWS::KMS::Alias",
        "Properties": {"AliasName": "alias/backup-x", "TargetKeyId": {"Ref": "Key"}},
    },
    "Topic": {
        "Type": "AWS::SNS::Topic",
        "Properties": {"KmsMasterKeyId": {"Ref": "Key"}, "Tags": TAGS},
    },
    "TopicPolicy": {
        "Type": "AWS::SNS::TopicPolicy",
        "Properties": {
            "Topics": [{"Ref": "Topic"}],
            "PolicyDocument": {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Sid": "Events",
                        "Effect": "Allow",
                        "Principal": {"Service": "events.amazonaws.com"},
                        "Action": "sns:Publish",
                        "Resource": {"Ref": "Topic"},
                        "Condition": {"ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": "Rule.Arn"}}},
                    }
                ],
            },
        },
    },
    "Subscription": {
        "Type": "AWS::SNS::Subscription",
        "Properties": {
            "TopicArn": {"Ref": "Topic"},
            "Protocol": "email",
            "Endpoint": "admin@example.com",
        },
    },
    "Rule": {
        "Type": "AWS::Events::Rule",
        "Properties": {
            "EventPattern": {"source": ["aws.backup"]},
            "State": "ENABLED",
            "Targets": [{"Id": "Topic", "Arn": {"Ref": "Topic"}}],
        },
    },
    "Alarm": {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "Namespace": "AWS/Backup",
            "MetricName": "NumberOfBackupJobsCompleted",
            "Statistic": "Sum",
            "Period": "3600",
            "EvaluationPeriods": 26,
            "Threshold": "1",
            "ComparisonOperator": "LessThanThreshold",
            "TreatMissingData": "breaching",
            "AlarmActions": [{"Ref": "Topic"}],
        },
    },
}


def deploy(aws: LocalAws, resources: dict[str, Any]) -> Stack:
    return Deployer(aws).create(json.dumps({"Resources": resources}), "cluster")


def state(aws: LocalAws) -> dict[str, list[str]]:
    """Return what a user of the APIs finds."""
    ec2, kms = aws.client("ec2").describe_instances(), aws.client("kms")
    instances = [one for r in ec2["Reservations"] for one in r["Instances"]]
    iam, sns, events = aws.client("iam"), aws.client("sns"), aws.client("events")
    return {
        "roles": [role["RoleName"] for role in iam.list_roles()["Roles"]],
        "profiles": [
            role["RoleName"]
            for profile in iam.list_instance_profiles()["InstanceProfiles"]
            for role in profile["Roles"]
        ],
        "instances": [one["InstanceId"] for one in instances if one["State"]["Name"] == "running"],
        "file systems": [
            one["FileSystemId"]
            for one in aws.client("efs").describe_file_systems()["FileSystems"]
            if one["Encrypted"] and one["Tags"] == TAGS
        ],
        "buckets": [one["Name"] for one in aws.client("s3").list_buckets()["Buckets"]],
        "keys": [
            key["KeyId"]
            for key in kms.list_keys()["Keys"]
            if kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]["KeyState"] == "Enabled"
        ],
        "aliases": [
            alias["AliasName"]
            for alias in kms.list_aliases()["Aliases"]
            if not alias["AliasName"].startswith("alias/aws/")
        ],
        "topics": [one["TopicArn"] for one in sns.list_topics()["Topics"]],
        "subscriptions": [one["Endpoint"] for one in sns.list_subscriptions()["Subscriptions"]],
        "rules": [one["Name"] for one in events.list_rules()["Rules"]],
        "alarms": [
            one["AlarmName"] for one in aws.client("cloudwatch").describe_alarms()["MetricAlarms"]
        ],
    }


def test_every_type_is_created_and_deleted(aws: LocalAws) -> None:
    stack = deploy(aws, RESOURCES)
    ids = stack.resources
    assert state(aws) == {
        "roles": [ids["Role"]],
        "profiles": [ids["Role"]],
        "instances": [ids["Instance"]],
        "file systems": [ids["FileSystem"]],
        "buckets": ["install-me"],
        "keys": [ids["Key"]],
        "aliases": ["alias/backup-x"],
        "topics": [ids["Topic"]],
        "subscriptions": ["admin@example.com"],
        "rules": [ids["Rule"]],
        "alarms": [ids["Alarm"]],
    }
    stack.delete()
    assert not any(state(aws).values())


def test_what_the_handlers_pass_on_arrives(aws: LocalAws) -> None:
    ids = deploy(aws, RESOURCES).resources
    iam, kms, events = aws.client("iam"), aws.client("kms"), aws.client("events")
    assert iam.list_role_policies(RoleName=ids["Role"])["PolicyNames"] == ["Read", "More"]
    [reservation] = aws.client("ec2").describe_instances()["Reservations"]
    [instance] = reservation["Instances"]
    assert instance["Tags"] == TAGS
    assert instance["IamInstanceProfile"]["Arn"].endswith(ids["Profile"])
    assert kms.get_key_rotation_status(KeyId=ids["Key"])["KeyRotationEnabled"]
    attributes = aws.client("sns").get_topic_attributes(TopicArn=ids["Topic"])["Attributes"]
    [statement] = json.loads(attributes["Policy"])["Statement"]
    rule = events.describe_rule(Name=ids["Rule"])
    assert statement["Condition"] == {"ArnEquals": {"aws:SourceArn": rule["Arn"]}}
    assert attributes["KmsMasterKeyId"] == ids["Key"]
    [target] = events.list_targets_by_rule(Rule=ids["Rule"])["Targets"]
    assert target["Arn"] == ids["Topic"]
    [alarm] = aws.client("cloudwatch").describe_alarms()["MetricAlarms"]
    assert (alarm["Period"], alarm["Threshold"]) == (3600, 1.0)
    assert alarm["TreatMissingData"] == "breaching"


def test_every_handler_is_tried_here() -> None:
    tried = {one["Type"] for one in {**RESOURCES, **BACKUP["Resources"]}.values()}
    assert tried == set(HANDLERS)


@pytest.mark.parametrize(
    ("name", "properties", "why"),
    [
        ("FileSystem", {"BackupPolicy": {"Status": "DISABLED"}}, "BackupPolicy"),
        ("Instance", {"IamInstanceProfile": "nobody"}, "nobody"),
        ("Instance", {"InstanceType": "t3.huge"}, "t3.huge"),
        ("Key", {"PendingWindowInDays": 7, "KeySpec": "BEST"}, "'BEST' is not one of"),
        ("Alias", {"AliasName": "backup"}, "Invalid identifier"),
        ("Alarm", {"ComparisonOperator": "Less"}, "'Less' is not one of"),
        ("Alarm", {"Colour": "red"}, "Colour"),
        ("Rule", {"Targets": [{"Id": "no id!", "Arn": "arn"}]}, "does not match"),
    ],
)
def test_a_bad_property_fails_and_leaves_nothing(
    aws: LocalAws, name: str, properties: Any, why: str
) -> None:
    resources = {**RESOURCES, name: edited(RESOURCES[name], **properties)}
    with pytest.raises(DeploymentError, match=why):
        deploy(aws, resources)
    assert not any(state(aws).values())


def test_a_vaults_lock_reaches_the_service_and_its_policy_is_recorded(aws: LocalAws) -> None:
    policy = {"Version": "2012-10-17", "Statement": []}
    events = {"SNSTopicArn": "arn:aws:sns:x", "BackupVaultEvents": ["COPY_JOB_FAILED"]}
    settings = {
        "LockConfiguration": {"MinRetentionDays": "1"},
        "AccessPolicy": policy,
        "Notifications": events,
    }
    stack = deploy(aws, {"Vault": edited(VAULT, **settings)})
    [vault] = aws.client("backup").list_backup_vaults()["BackupVaultList"]
    assert (vault["Locked"], vault["MinRetentionDays"]) == (True, 1)
    assert [(one.operation, one.parameters) for one in stack.recorded] == [
        (
            "PutBackupVaultAccessPolicy",
            {
                "BackupVaultName": "Vault-x",
                "Policy": '{"Version":"2012-10-17","Statement":[]}',
            },
        ),
        ("PutBackupVaultNotifications", {"BackupVaultName": "Vault-x", **events}),
    ]


def test_an_unknown_vault_event_is_refused(aws: LocalAws) -> None:
    events = {"SNSTopicArn": "arn:aws:sns:x", "BackupVaultEvents": ["EVERYTHING"]}
    with pytest.raises(DeploymentError, match="'EVERYTHING' is not one of"):
        deploy(aws, {"Vault": edited(VAULT, Notifications=events)})


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("CreateBackupSelection", {"BackupPlanId": "p", "BackupSelection": {"SelectionName": "s"}}),
        ("CreateBackupSelection", {"BackupPlanId": "p"}),
        ("PutBackupVaultAccessPolicy", {"Policy": "{}"}),
    ],
)
def test_a_recorded_request_is_validated_all_the_same(
    aws: LocalAws, operation: str, parameters: Any
) -> None:
    with pytest.raises(DeploymentError, match="Missing required parameter"):
        Requests(aws).call("backup", operation, **parameters)


EXAMPLES: dict[tuple[str, str], dict[str, Any]] = {
    ("backup", "CreateBackupSelection"): {
        "BackupPlanId": "p",
        "BackupSelection": {"SelectionName": "s", "IamRoleArn": "arn:aws:iam::123456789012:role/r"},
    },
    ("backup", "DeleteBackupSelection"): {"BackupPlanId": "p", "SelectionId": "s"},
    ("backup", "PutBackupVaultAccessPolicy"): {"BackupVaultName": "Vault", "Policy": "{}"},
    ("backup", "PutBackupVaultNotifications"): {
        "BackupVaultName": "Vault",
        "SNSTopicArn": "arn:aws:sns:us-east-1:123456789012:t",
        "BackupVaultEvents": ["BACKUP_JOB_COMPLETED"],
    },
}


@pytest.mark.parametrize("lacking", sorted(NOT_IN_MOTO))
def test_moto_still_lacks_what_is_only_recorded(
    aws: LocalAws, lacking: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """When this fails, moto has learnt the operation: delete it from NOT_IN_MOTO."""
    monkeypatch.setattr("tests.local_aws.requests.NOT_IN_MOTO", set())
    monkeypatch.setattr("sys.stderr.write", lambda _text: 0)  # moto's own traceback
    with pytest.raises(DeploymentError, match=r"\((404|500)\)"):
        Requests(aws).call(*lacking, **EXAMPLES[lacking])
