"""E9543: what roles may do, against what the backups of their selections need."""

from typing import Any

import pytest

from tests.rules.support import agree, found, plan, role, rule, selection, template

EFS = "arn:aws:elasticfilesystem:*:*:file-system/*"
MANAGED = "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyFor"
ANYWHERE = MANAGED.replace(":aws:", ":${AWS::Partition}:", 1)
ENOUGH = [
    "elasticfilesystem:Backup",
    "elasticfilesystem:DescribeTags",
    "backup:DescribeBackupVault",
    "tag:GetResources",
]
LACKS_BACKUP = ["Role 'Role' lacks elasticfilesystem:Backup, which"]


def allow(*actions: Any, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": "*", **more}


def messages(
    *statements: Any, resources: Any = (EFS,), its_rule: Any = None, **more: Any
) -> list[str]:
    properties = more.pop("role", {})
    whole = template(
        Plan=plan(its_rule or rule()),
        Role=role(*statements, **properties),
        Selection=selection(Resources=list(resources)),
        Conditions={
            "Copies": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Vault"}, ""]}]},
            "CopiesNot": {"Fn::Not": [{"Condition": "Copies"}]},
        },
        Parameters={"Vault": {"Type": "String", "Default": ""}, "Given": {"Type": "String"}},
        **more,
    )
    return found("E9543", whole)


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([allow(*ENOUGH)], []),
        ([allow(ENOUGH[0]), allow(*ENOUGH[1:])], []),
        ([allow("elasticfilesystem:*", "backup:*", "tag:Get*")], []),
        ([allow("*")], []),
        ([allow("ELASTICFILESYSTEM:backup", *ENOUGH[1:])], []),
        ([allow({"Ref": "Given"})], []),
        ([{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}], []),
        ([allow(*ENOUGH[1:])], LACKS_BACKUP),
        ([allow(*ENOUGH[1:]), {**allow("*"), "Effect": "Deny"}], LACKS_BACKUP),
        ([allow(*ENOUGH[1:3])], ["lacks elasticfilesystem:Backup, tag:GetResources"]),
    ],
)
def test_statements(statements: list[Any], expected: list[str]) -> None:
    agree(messages(*statements), expected)


@pytest.mark.parametrize(
    ("resources", "expected"),
    [
        (["*"], []),
        (["arn:aws:s3:::*"], []),
        ([{"Ref": "Given"}], []),
        ([{"Fn::Sub": "arn:${AWS::Partition}:ec2:*:*:instance/*"}], ["grants for EC2"]),
        (["arn:aws:ec2:*:*:volume/vol-1"], ["grants for EBS"]),
        ([{"Fn::Sub": "arn:aws:elasticfilesystem:*:*:file-system/${Given}"}], ["grants for EFS"]),
        (["arn:aws:fsx:*:*:file-system/*", "arn:aws:fsx:*:*:volume/*"], ["FSx", "FSx volume"]),
        (["arn:aws:rds:*:*:db:*", "arn:aws:rds:*:*:cluster:*"], ["for RDS", "for Aurora"]),
        (["arn:aws:rds:*:*:cluster-snapshot:*"], []),
        ([{"Fn::GetAtt": ["Home", "Arn"]}], ["grants for EFS"]),
        ([{"Fn::GetAtt": ["Copies", "DBInstanceArn"]}], ["grants for RDS"]),
        ([{"Fn::GetAtt": ["Home", "FileSystemId"]}], []),
        ([{"Fn::GetAtt": ["Role", "Arn"]}], []),
    ],
)
def test_types_that_the_selection_names(resources: list[Any], expected: list[str]) -> None:
    home = {"Type": "AWS::EFS::FileSystem"}
    database = {"Type": "AWS::RDS::DBInstance"}
    said = messages(allow("kms:DescribeKey"), resources=resources, Home=home, Copies=database)
    agree(said, expected)


@pytest.mark.parametrize(
    ("arns", "expected"),
    [
        ([MANAGED + "Backup"], []),
        ([{"Fn::Sub": ANYWHERE + "Backup"}], []),
        ([MANAGED + "Restores"], ["lacks"]),
        ([{"Fn::Sub": ANYWHERE + "Restores"}], ["lacks"]),
        # Not in the template, so nobody knows what else they allow.
        ([MANAGED + "Restores", "arn:aws:iam::aws:policy/AmazonEC2FullAccess"], []),
        ([{"Ref": "Given"}], []),
        ([{"Fn::ImportValue": "policy"}], []),
    ],
)
def test_managed_policies(arns: list[Any], expected: list[str]) -> None:
    agree(messages(allow(*ENOUGH[2:]), role={"ManagedPolicyArns": arns}), expected)


@pytest.mark.parametrize(
    ("kind", "attached", "expected"),
    [
        ("Policy", {"Roles": [{"Ref": "Role"}]}, []),
        ("RolePolicy", {"RoleName": {"Ref": "Role"}}, []),
        ("ManagedPolicy", {"Roles": [{"Ref": "Role"}]}, []),
        ("Policy", {"Roles": [{"Ref": "Given"}]}, []),  # perhaps our role: nobody knows
        ("Policy", {"Roles": ["other"]}, LACKS_BACKUP),
        ("Policy", {"Roles": [{"Ref": "Other"}]}, LACKS_BACKUP),
    ],
)
def test_policies_that_are_resources(
    kind: str, attached: dict[str, Any], expected: list[str]
) -> None:
    document = {"Version": "2012-10-17", "Statement": [allow(ENOUGH[0])]}
    policy = {"Type": f"AWS::IAM::{kind}", "Properties": {"PolicyDocument": document, **attached}}
    agree(messages(allow(*ENOUGH[1:]), Extra=policy, Other=role()), expected)


COPY = {"DestinationBackupVaultArn": {"Ref": "Vault"}, "Lifecycle": {"DeleteAfterDays": 30}}
NO = {"Ref": "AWS::NoValue"}
COPYING = allow("backup:CopyFromBackupVault", "backup:CopyIntoBackupVault")
LACKS_COPY = ["lacks backup:CopyFromBackupVault, backup:CopyIntoBackupVault"]


@pytest.mark.parametrize(
    ("copies", "statements", "expected"),
    [
        ([COPY], [], LACKS_COPY),
        ([COPY], [COPYING], []),
        ([{"Fn::If": ["Copies", COPY, NO]}], [], LACKS_COPY),
        ([{"Fn::If": ["Copies", COPY, NO]}], [COPYING], []),
        ([{"Fn::If": ["Copies", COPY, NO]}], [{"Fn::If": ["Copies", COPYING, NO]}], []),
        ([{"Fn::If": ["Copies", COPY, NO]}], [{"Fn::If": ["CopiesNot", NO, COPYING]}], []),
        ([{"Fn::If": ["Copies", COPY, NO]}], [{"Fn::If": ["CopiesNot", COPYING, NO]}], LACKS_COPY),
        ([COPY], [{"Fn::If": ["Copies", COPYING, NO]}], LACKS_COPY),
        ([COPY], [{"Fn::If": ["Copies", COPYING, COPYING]}], []),
    ],
)
def test_copies_and_conditions(
    copies: list[Any], statements: list[Any], expected: list[str]
) -> None:
    agree(messages(allow(*ENOUGH), *statements, its_rule=rule(CopyActions=copies)), expected)


def test_tags_on_recovery_points() -> None:
    tagging = rule(RecoveryPointTags={"Name": "nightly"})
    agree(messages(allow(*ENOUGH), its_rule=tagging), ["lacks backup:TagResource"])
    assert messages(allow(*ENOUGH, "backup:TagResource"), its_rule=tagging) == []
