"""What a role may do and pass on: hidden policies are no answer."""

from typing import Any

import pytest

from generator.protection.abilities import BACKUP, COPY
from generator.protection.model import Ability, shown
from tests.protection.support import ROLE_ARN, Resource, allow, document, of_type, role, the_role

FOR_BACKUP = "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup"
FOR_RESTORES = "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForRestores"
ELSEWHERE = "arn:aws:iam::123456789012:policy/service-role/AWSBackupServiceRolePolicyForBackup"
EFS = "EFS file systems"


def policies(**properties: Any) -> dict[str, Resource]:
    return {"Role": role(**properties)}


def attached(kind: str, *statements: Any, **properties: Any) -> Resource:
    return of_type(f"IAM::{kind}", {"PolicyDocument": document(*statements), **properties})


BACK_UP_FILES = allow(["elasticfilesystem:Backup", "elasticfilesystem:DescribeTags", "tag:*"])
LACKING = ("tag:GetResources", "elasticfilesystem:Backup", "elasticfilesystem:DescribeTags")

WHERE_POLICIES_ARE: dict[str, tuple[dict[str, Resource], tuple[str, ...] | None]] = {
    "inline": ({"Role": role(BACK_UP_FILES)}, ()),
    "nowhere": ({"Role": role()}, LACKING),
    "AWS's own": (policies(ManagedPolicyArns=[FOR_BACKUP]), ()),
    "AWS's own, as CDK writes it": (
        policies(
            ManagedPolicyArns=[
                {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, FOR_BACKUP[7:]]]}
            ]
        ),
        (),
    ),
    "AWS's other one": (policies(ManagedPolicyArns=[FOR_RESTORES]), LACKING),
    "one of the same name": (policies(ManagedPolicyArns=[ELSEWHERE]), None),
    "a given one": (policies(ManagedPolicyArns=[{"Ref": "Given"}]), None),
    "given ones": (policies(ManagedPolicyArns={"Ref": "Given"}), None),
    "a given document": (
        policies(Policies=[{"PolicyName": "x", "PolicyDocument": {"Ref": "Given"}}]),
        None,
    ),
    "given inline policies": (policies(Policies={"Ref": "Given"}), None),
    "given actions": ({"Role": role(allow({"Ref": "Given"}))}, None),
    "beside the role": (
        {"Role": role(), "P": attached("Policy", BACK_UP_FILES, Roles=[{"Ref": "Role"}])},
        (),
    ),
    "beside another role": (
        {"Role": role(), "P": attached("Policy", BACK_UP_FILES, Roles=["other"])},
        LACKING,
    ),
    "beside a role with a name": (
        {
            "Role": role(RoleName="files"),
            "P": attached("RolePolicy", BACK_UP_FILES, RoleName="files"),
        },
        (),
    ),
    "in a managed policy of the template": (
        {
            "Role": role(ManagedPolicyArns=[{"Ref": "P"}]),
            "P": attached("ManagedPolicy", BACK_UP_FILES),
        },
        (),
    ),
    "in a managed policy that names the role": (
        {"Role": role(), "P": attached("ManagedPolicy", BACK_UP_FILES, Roles=[{"Ref": "Role"}])},
        (),
    ),
    "denied": (
        {"Role": role(BACK_UP_FILES, {**allow("elasticfilesystem:Backup"), "Effect": "Deny"})},
        ("elasticfilesystem:Backup",),
    ),
    "denied, beside one that is not visible": (
        {
            "Role": role(
                {**allow("elasticfilesystem:Backup"), "Effect": "Deny"},
                ManagedPolicyArns=[{"Ref": "Given"}],
            )
        },
        None,
    ),
    "within a boundary of the template": (
        {
            "Role": role(BACK_UP_FILES, PermissionsBoundary={"Ref": "P"}),
            "P": attached("ManagedPolicy", allow("elasticfilesystem:*")),
        },
        ("tag:GetResources",),
    ),
    "within a given boundary": (
        {"Role": role(BACK_UP_FILES, PermissionsBoundary={"Ref": "Given"})},
        None,
    ),
    "missing, within a given boundary": (policies(PermissionsBoundary={"Ref": "Given"}), LACKING),
    "a condition on what nobody knows": (
        {
            "Role": role(
                {**BACK_UP_FILES, "Condition": {"StringEquals": {"aws:PrincipalTag/a": "b"}}}
            )
        },
        None,
    ),
    "files of the account": (
        {
            "Role": role(
                BACK_UP_FILES | {"Action": "tag:GetResources"},
                BACK_UP_FILES
                | {
                    "Resource": {
                        "Fn::Sub": "arn:aws:elasticfilesystem:*:${AWS::AccountId}:file-system/*"
                    }
                },
            )
        },
        (),
    ),
    "files of another service": (
        {"Role": role(BACK_UP_FILES | {"Resource": "arn:aws:ec2:*:*:file-system/*"})},
        LACKING,
    ),
    "one file system": (
        {"Role": role(BACK_UP_FILES | {"Resource": ["*"], "Action": "tag:*"}, BACK_UP_FILES
                      | {"Resource": "arn:aws:elasticfilesystem:*:*:file-system/fs-1"})},
        None,
    ),
}  # fmt: skip


@pytest.mark.parametrize("where", WHERE_POLICIES_ARE)
def test_where_policies_are(where: str) -> None:
    resources, expected = WHERE_POLICIES_ARE[where]
    assert the_role(resources).lacks[EFS, BACKUP] == expected


def lacks(
    ability: Ability, *statements: Any, plan: Any = None, arn: Any = "*", **rule: Any
) -> tuple[str, ...] | None:
    """Return what a role with these statements lacks, of a selection of one plan with one rule."""
    rules = [{"RuleName": "Daily", "TargetBackupVault": "Default", **rule}]
    its_plan = {"BackupPlan": {"BackupPlanRule": rules, **(plan or {})}}
    taken = {"IamRoleArn": ROLE_ARN, "Resources": [arn]}
    selection = {"BackupPlanId": {"Ref": "Plan"}, "BackupSelection": taken}
    resources = {
        "Plan": of_type("Backup::BackupPlan", its_plan),
        "Files": of_type("EFS::FileSystem", {}),
        "Selection": of_type("Backup::BackupSelection", selection),
        "Role": role(*statements),
    }
    return the_role(resources).lacks[ability]


def lacks_copies(vault: Any, *into: Any) -> tuple[str, ...] | None:
    """Return what a role lacks for copies to a vault, if it may copy into some."""
    copies = allow(["backup:CopyFromBackupVault", "backup:TagResource"])
    its = copies, allow("backup:CopyIntoBackupVault", [*into])
    return lacks((EFS, COPY), *its, CopyActions=[{"DestinationBackupVaultArn": vault}])


FAR = "arn:aws:backup:eu-west-1:111122223333:backup-vault:far"


def test_a_role_has_to_copy_into_the_vault_that_a_rule_names() -> None:
    into = ("backup:CopyIntoBackupVault",)
    own = {"Fn::Sub": "arn:aws:backup:*:${AWS::AccountId}:backup-vault:*"}
    assert lacks_copies(FAR, FAR) == ()
    assert lacks_copies(FAR, f"{FAR}2") == into
    # The account of the stack may be that of the vault.
    assert lacks_copies(FAR, own) is None
    assert lacks_copies({"Ref": "Given"}, {"Ref": "Given"}) == ()
    assert lacks_copies({"Ref": "Given"}, FAR) is None


FILES_1 = "arn:aws:elasticfilesystem:us-east-1:123456789012:file-system/fs-1"
OF_FILES_1 = allow(["elasticfilesystem:Backup", "elasticfilesystem:DescribeTags"], FILES_1)


def test_a_role_for_one_resource_may_back_up_that_one() -> None:
    assert lacks((EFS, BACKUP), OF_FILES_1, arn=FILES_1) == ()
    assert lacks((EFS, BACKUP), OF_FILES_1, arn=f"{FILES_1}2") == LACKING[1:]
    # Of a resource of the template, the type is known, too.
    files = {"Fn::GetAtt": ["Files", "Arn"]}
    assert lacks((EFS, BACKUP), OF_FILES_1 | {"Resource": files}, arn=files) == ()
    every = OF_FILES_1 | {"Resource": "arn:aws:elasticfilesystem:*:*:file-system/*"}
    assert lacks((EFS, BACKUP), every, arn=files) == ()
    assert lacks((EFS, BACKUP), OF_FILES_1, arn=files) is None
    # Who looks for file systems has to search, and may find another one.
    assert lacks((EFS, BACKUP), OF_FILES_1, arn=f"{FILES_1[:-4]}*") == LACKING[:1]
    searching = allow("tag:GetResources")
    assert lacks((EFS, BACKUP), OF_FILES_1, searching, arn=f"{FILES_1[:-4]}*") is None


def test_a_plan_that_pauses_windows_needs_more() -> None:
    options = {"ResourceType": "EC2", "BackupOptions": {"WindowsVSS": "enabled"}}
    vss = {"AdvancedBackupSettings": [options]}
    instances = "EC2 instances", BACKUP
    ec2 = allow(["ec2:*", "tag:*"])
    commands = ("ssm:CancelCommand", "ssm:GetCommandInvocation", "ssm:SendCommand")
    assert lacks(instances, ec2) == ()
    assert lacks(instances, ec2, plan=vss) == commands
    document_only = allow("ssm:SendCommand", "arn:aws:ssm:*:*:document/AWSEC2-CreateVssSnapshot")
    rest = allow([*commands[:2]])
    assert lacks(instances, ec2, rest, document_only, plan=vss) == commands[2:]
    on_instances = allow("ssm:SendCommand", "arn:aws:ec2:*:*:instance/*")
    assert lacks(instances, ec2, rest, document_only, on_instances, plan=vss) == ()


TO_EC2 = {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}
NODE = "arn:aws:iam::123456789012:role/node"


@pytest.mark.parametrize(
    ("its_role", "expected"),
    [
        (role(), set()),
        (role(allow("iam:PassRole", NODE)), {(NODE, "*")}),
        (
            role(allow("iam:PassRole", [NODE, {"Ref": "Given"}], Condition=TO_EC2)),
            {(NODE, "ec2.amazonaws.com"), ("${Given}", "ec2.amazonaws.com")},
        ),
        (role(allow("iam:*", Condition=TO_EC2)), {("*", "ec2.amazonaws.com")}),
        (role(allow("iam:Get*")), set()),
        (
            role(
                allow("iam:PassRole", NODE),
                {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"},
            ),
            {(NODE, "*")},
        ),
        (role(allow("iam:PassRole"), {**allow("iam:PassRole"), "Effect": "Deny"}), set()),
        (
            role(allow("iam:PassRole", NODE), {**allow("iam:PassRole", "*x"), "Effect": "Deny"}),
            {(NODE, "*")},
        ),
        (
            role(
                allow("iam:PassRole", NODE),
                {**allow("iam:PassRole", Condition=TO_EC2), "Effect": "Deny"},
            ),
            set(),
        ),
        (
            role(ManagedPolicyArns=[FOR_RESTORES]),
            {("arn:aws:iam::*:role/*", "ec2.amazonaws.com")},
        ),
        (role(ManagedPolicyArns=[FOR_BACKUP]), set()),
    ],
)
def test_which_roles_it_passes_to_whom(its_role: Resource, expected: set[Any]) -> None:
    found = the_role({"Role": its_role}).passes
    assert {(shown(arn), service) for arn, service in found} == expected


def trusts(*statements: Any) -> bool | None:
    return the_role({"Role": role(AssumeRolePolicyDocument=document(*statements))}).trusted


def by(principal: Any, **elements: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", **elements}


SERVICE = "backup.amazonaws.com"
ACCOUNT = {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
OTHER = {"StringEquals": {"aws:SourceAccount": "999999999999"}}
FROM_PLAN = {"ArnLike": {"aws:SourceArn": "arn:aws:backup:*"}}


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([by({"Service": SERVICE})], True),
        ([by({"Service": ["ec2.amazonaws.com", SERVICE]})], True),
        ([by({"Service": "ec2.amazonaws.com"})], False),
        ([by({"AWS": "*"})], True),
        ([by({"Service": SERVICE}, Action="sts:TagSession")], False),
        ([by({"Service": {"Fn::Sub": "backup.${AWS::URLSuffix}"}})], None),
        # What AWS Backup sends besides is not documented.
        ([by({"Service": SERVICE}, Condition=ACCOUNT)], None),
        ([by({"Service": SERVICE}, Condition=FROM_PLAN)], None),
        ([by({"Service": SERVICE}, Condition=OTHER)], None),
        ([by({"Service": SERVICE}), by({"Service": SERVICE}, Effect="Deny")], False),
    ],
)
def test_whether_aws_backup_may_assume_it(statements: list[Any], expected: bool | None) -> None:
    assert trusts(*statements) is expected


def kept(its_role: Resource, **beside: Resource) -> bool:
    stays = {"DeletionPolicy": "RetainExceptOnCreate", "UpdateReplacePolicy": "Retain"}
    return the_role({"Role": {**its_role, **stays}, **beside}).kept


def test_a_role_is_kept_with_its_policies_only() -> None:
    policy = attached("Policy", BACK_UP_FILES, Roles=[{"Ref": "Role"}])
    assert kept(role(BACK_UP_FILES))
    assert kept(role(), P={**policy, "DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"})
    assert not kept(role(), P=policy)
    assert not the_role({"Role": {**role(), "DeletionPolicy": "Retain"}}).kept
