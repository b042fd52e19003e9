"""E9543, W9551: what roles may do, against what the backups of their selections need."""

from typing import Any

import pytest

from tests.rules.support import agree, found, plan, role, rule, selection, template

EFS = "arn:aws:elasticfilesystem:*:*:file-system/*"
MANAGED = "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyFor"
ANYWHERE = MANAGED.replace(":aws:", ":${AWS::Partition}:", 1)
ENOUGH = [
    "elasticfilesystem:Backup",
    "elasticfilesystem:DescribeTags",
    "tag:GetResources",
]
ITSELF = "arn:aws:elasticfilesystem:us-east-1:111111111111:file-system/fs-1"
NO = {"Ref": "AWS::NoValue"}
LACKS_BACKUP = [
    f"Role 'Role' lacks elasticfilesystem:Backup for EFS (selected by '{EFS}'). Without"
]


def allow(*actions: Any, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": "*", **more}


def deny(*actions: Any, **more: Any) -> dict[str, Any]:
    return allow(*actions, **{"Effect": "Deny", **more})


def never(value: Any) -> dict[str, Any]:
    """Return what is there if two opposites are true."""
    return {"Fn::If": ["Copies", {"Fn::If": ["CopiesNot", value, NO]}, NO]}


def messages(*statements: Any, its_rule: Any = None, **more: Any) -> list[str]:
    properties = more.pop("role", {})
    selected = more.pop("selected", {"Resources": list(more.pop("resources", [EFS]))})
    rule_id = more.pop("rule_id", "E9543")
    whole = template(
        Plan=plan(its_rule or rule()),
        Role=role(*statements, **properties),
        Selection=selection(**selected),
        Conditions={
            "Copies": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Vault"}, ""]}]},
            "CopiesNot": {"Fn::Not": [{"Condition": "Copies"}]},
        },
        Parameters={"Vault": {"Type": "String", "Default": ""}, "Given": {"Type": "String"}},
        **more,
    )
    return found(rule_id, whole)


ELSEWHERE = [f"may not do this on the resources that it is about: {ENOUGH[0]} for EFS"]


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([allow(*ENOUGH)], []),
        ([allow(ENOUGH[0]), allow(*ENOUGH[1:])], []),
        ([allow("elasticfilesystem:*", "tag:Get*")], []),
        ([allow("*")], []),
        ([allow("ELASTICFILESYSTEM:backup", *ENOUGH[1:])], []),
        ([allow({"Ref": "Given"})], []),
        ([allow(*ENOUGH[1:]), {"Ref": "Given"}], []),
        ([allow(*ENOUGH[1:]), allow({"no": "text", "at": "all"})], []),
        ([allow(*ENOUGH[1:])], LACKS_BACKUP),
        ([allow(ENOUGH[1])], ["lacks elasticfilesystem:Backup for EFS"]),
        ([allow(*ENOUGH[:2])], [f"lacks tag:GetResources for the pattern '{EFS}'. Without"]),
        ([{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}], []),
        (
            [{"Effect": "Allow", "NotAction": "elasticfilesystem:B*", "Resource": "*"}],
            LACKS_BACKUP,
        ),
        ([{"Effect": "Allow", "NotAction": {"Ref": "Given"}, "Resource": "*"}], []),
        # On other resources.
        ([allow(*ENOUGH[1:]), allow(ENOUGH[0], Resource="arn:aws:s3:::nothing")], ELSEWHERE),
        ([allow(*ENOUGH[1:]), allow(ENOUGH[0], Resource="arn:aws:elasticfilesystem:*")], []),
        ([allow(*ENOUGH[1:]), allow(ENOUGH[0], Resource=[EFS, "arn:aws:s3:::x"])], []),
        ([allow(*ENOUGH[1:]), allow(ENOUGH[0], Resource=ITSELF)], []),  # of what is selected
        ([allow(*ENOUGH[1:]), allow(ENOUGH[0], Resource={"Ref": "Given"})], []),
        ([allow(*ENOUGH[1:]), allow(ENOUGH[0], Resource={"Fn::Sub": "${Given}/x"})], []),
        ([allow(*ENOUGH[1:]), allow(ENOUGH[0], Resource=f"{EFS[:-1]}${{aws:PrincipalTag/a}}")], []),
        (
            [allow(*ENOUGH[1:]), allow(ENOUGH[0], Resource={"Fn::Sub": "arn:aws:s3:::${Given}"})],
            ELSEWHERE,
        ),
        (
            [allow(*ENOUGH[:2]), allow(ENOUGH[2], Resource=EFS)],
            ["tag:GetResources for the pattern"],
        ),
        (
            [
                allow(*ENOUGH[1:]),
                {**allow(ENOUGH[0]), "Resource": None, "NotResource": "arn:*:s3:*"},
            ],
            [],
        ),
        (
            [
                allow(*ENOUGH[1:]),
                {**allow(ENOUGH[0]), "Resource": None, "NotResource": "arn:*:elasticfilesystem:*"},
            ],
            ELSEWHERE,
        ),
        # A denial.
        (
            [allow("*"), deny(ENOUGH[0])],
            [f"Deny in the policies of role 'Role' forbids {ENOUGH[0]} "],
        ),
        ([allow("*"), deny("elasticfilesystem:*")], [f"forbids {ENOUGH[0]}, {ENOUGH[1]} for EFS"]),
        (
            [allow("*"), {"Effect": "Deny", "NotAction": "tag:*", "Resource": "*"}],
            [f"forbids {ENOUGH[0]}, {ENOUGH[1]} for EFS"],
        ),
        ([allow("*"), deny(ENOUGH[0], Resource=ITSELF)], []),  # the others may do
        ([allow("*"), deny(ENOUGH[0], Resource={"Ref": "Given"})], []),
        ([allow("*"), deny({"Ref": "Given"})], []),
        ([allow("*"), deny("elasticfilesystem:Restore")], []),
        (
            [allow(*ENOUGH[1:]), deny("*")],
            [*LACKS_BACKUP, "forbids elasticfilesystem:DescribeTags for EFS"],
        ),
        # Conditions on keys that nobody knows.
        ([allow(*ENOUGH, Condition={"StringEquals": {"aws:ResourceTag/a": "b"}})], []),
        ([allow(*ENOUGH, Condition={"Null": {"aws:ResourceTag/a": "false"}})], []),
        ([allow("*"), deny("*", Condition={"Bool": {"aws:SecureTransport": "false"}})], []),
    ],
)
def test_statements(statements: list[Any], expected: list[str]) -> None:
    agree(messages(*statements), expected)


@pytest.mark.parametrize(
    ("resources", "expected"),
    [
        (["arn:aws:s3:::bucket"], []),
        ([{"Ref": "Given"}], []),
        ([{"Fn::Sub": "arn:${AWS::Partition}:ec2:us-east-1:1:instance/i-1"}], ["for EC2"]),
        (["arn:aws:ec2:us-east-1:1:volume/vol-1"], ["for EBS"]),
        ([{"Fn::Sub": "arn:aws:elasticfilesystem:x:1:file-system/${Given}"}], ["for EFS"]),
        (["arn:aws:fsx:x:1:file-system/f", "arn:aws:fsx:x:1:volume/v"], ["FSx volume"]),
        (["arn:aws:rds:x:1:db:a", "arn:aws:rds:x:1:cluster:b"], ["DescribeDBClusters, rds:List"]),
        (["arn:aws:rds:x:1:cluster-snapshot:c"], []),
        ([{"Fn::GetAtt": ["Home", "Arn"]}], ["for EFS"]),
        ([{"Fn::GetAtt": ["Copies", "DBInstanceArn"]}], ["for RDS"]),
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
        ([MANAGED + "Restores"], ["lacks elasticfilesystem:Backup, "]),
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


@pytest.mark.parametrize("key", ["Fn::Transform", "Fn::ForEach::Policies"], ids=["include", "loop"])
def test_what_is_not_looked_into_may_hold_policies(key: str) -> None:
    more = {key: {"Name": "AWS::Include", "Parameters": {"Location": "s3://bucket/policies"}}}
    assert messages(allow(*ENOUGH[1:]), **more) == []
    agree(messages(allow("*"), deny(ENOUGH[0]), **more), ["forbids elasticfilesystem:Backup"])


def test_a_macro_beside_the_type_of_the_role_may_add_policies() -> None:
    made = {**role(allow(ENOUGH[1])), "Fn::Transform": {"Name": "AWS::Include"}}
    whole = template(Plan=plan(rule()), Role=made, Selection=selection(Resources=[ITSELF]))
    assert found("E9543", whole) == []


COPY = {"DestinationBackupVaultArn": {"Ref": "Vault"}, "Lifecycle": {"DeleteAfterDays": 30}}
COPYING = allow("backup:CopyFromBackupVault", "backup:CopyIntoBackupVault")
LACKS_COPY = ["lacks backup:CopyFromBackupVault, backup:CopyIntoBackupVault"]


@pytest.mark.parametrize(
    ("copies", "statements", "expected"),
    [
        ([COPY], [], LACKS_COPY),
        ([COPY], [COPYING], []),
        (
            [COPY],
            [
                allow("backup:CopyFromBackupVault", Resource="arn:aws:ec2:*::image/*"),
                allow("backup:CopyIntoBackupVault", Resource="arn:aws:backup:*"),
            ],
            [],
        ),
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


FILES = "arn:aws:elasticfilesystem:us-east-1:1:file-system/"
SEARCHES = [{"ConditionType": "STRINGEQUALS", "ConditionKey": "a", "ConditionValue": "b"}]


@pytest.mark.parametrize(
    ("selected", "expected"),
    [
        ({"Resources": [FILES + "fs-1"]}, []),
        ({"Resources": [{"Fn::Sub": FILES + "${Given}"}]}, []),
        ({"Resources": [FILES + "fs-?"]}, [f"tag:GetResources for the pattern '{FILES}fs-?'. "]),
        ({"Resources": ["*"]}, ["tag:GetResources for the pattern '*'"]),
        ({"ListOfTags": SEARCHES}, ["lacks tag:GetResources for what ListOfTags selects"]),
        ({"ListOfTags": []}, []),
        ({"ListOfTags": {"Ref": "Given"}}, []),
        (
            {"Resources": [FILES + "fs-1"], "Conditions": {"StringEquals": SEARCHES}},
            ["for what Conditions selects"],
        ),
        ({"Resources": [FILES + "fs-1"], "Conditions": {"StringEquals": []}}, []),
        ({"Resources": [FILES + "fs-1"], "Conditions": {"StringLike": {"Ref": "Given"}}}, []),
    ],
)
def test_only_a_search_needs_to_find_resources(selected: Any, expected: list[str]) -> None:
    agree(messages(allow(*ENOUGH[:2]), selected=selected), expected)


HOME = {"Fn::GetAtt": ["Home", "Arn"]}


@pytest.mark.parametrize(
    ("selected", "resource", "expected"),
    [
        (ITSELF, ITSELF, []),
        (ITSELF, f"{ITSELF}2", ELSEWHERE),
        (ITSELF, ITSELF.replace("us-east-1", "*"), []),
        (ITSELF, ITSELF.replace("us-east-1", "eu-west-1"), ELSEWHERE),
        (HOME, HOME, []),
        (HOME, ITSELF, []),
        (HOME, ITSELF.replace("aws", "aws-cn"), []),
        (HOME, "arn:aws:s3:::nothing", ELSEWHERE),
        (HOME, "arn:aws:elasticfilesystem:*:*:access-point/*", ELSEWHERE),
        ({"Fn::Sub": f"{ITSELF}${{Given}}"}, {"Fn::Sub": f"{ITSELF}${{Given}}"}, []),
        ({"Fn::Sub": f"{ITSELF}${{Given}}"}, f"{ITSELF}*", []),
        ({"Fn::Sub": f"{ITSELF}${{Given}}"}, f"{ITSELF}-a", []),
        ({"Fn::Sub": f"{ITSELF}${{Given}}"}, f"{ITSELF[:-1]}2*", ELSEWHERE),
    ],
)
def test_what_is_selected_and_what_is_allowed(
    selected: Any, resource: Any, expected: list[str]
) -> None:
    statements = [allow(*ENOUGH[1:]), allow(ENOUGH[0], Resource=resource)]
    agree(
        messages(*statements, resources=[selected], Home={"Type": "AWS::EFS::FileSystem"}), expected
    )


VOLUME = "arn:aws:ec2:us-east-1:1:volume/vol-1"


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([allow("ec2:*"), deny("ec2:DeleteSnapshot")], ["forbids ec2:DeleteSnapshot for EBS"]),
        (
            [allow("ec2:*"), deny("*", Resource="arn:aws:ec2:*:*:snapshot/*")],
            ["forbids ec2:DeleteSnapshot for EBS"],
        ),
        ([allow("ec2:*"), deny("*", Resource="arn:aws:ec2:eu-west-1:*:snapshot/*")], []),
        ([allow("ec2:*"), deny("*", Resource="arn:aws-cn:ec2:*:*:snapshot/*")], []),
        (
            [allow("ec2:*"), deny("*", Resource={"Fn::Sub": "arn:${Given}:ec2:*:*:snapshot/*"})],
            [],
        ),
        ([allow("ec2:*"), deny("ec2:*", Resource="arn:*:ec2:*:*:instance/*")], []),
        (
            [allow("ec2:*", Resource="arn:aws:ec2:*")],
            ["about: ec2:DescribeSnapshots, ec2:DescribeVolumes for EBS"],
        ),
        ([allow("ec2:*", Resource=["arn:aws:ec2:*"]), allow("ec2:Describe*")], []),
    ],
)
def test_what_each_action_is_about(statements: list[Any], expected: list[str]) -> None:
    agree(messages(*statements, resources=[VOLUME]), expected)


def test_snapshots_of_databases_and_their_clusters() -> None:
    database, cluster = "arn:aws:rds:us-east-1:1:db:d", "arn:aws:rds:us-east-1:1:cluster:c"
    snapshots = ["arn:aws:rds:*:*:snapshot:awsbackup:*", "arn:aws:rds:*:*:db:*"]
    assert messages(allow("rds:*", Resource=snapshots), resources=[database]) == []
    [message] = messages(allow("rds:*", Resource=snapshots), resources=[cluster])
    assert ": rds:CreateDBClusterSnapshot for Aurora" in message


def test_what_the_policy_for_restores_allows_as_well() -> None:
    statement = allow("ec2:CreateSnapshot")
    [message] = messages(statement, resources=[VOLUME])
    assert "lacks ec2:CreateTags, ec2:DeleteSnapshot, ec2:DescribeSnapshots" in message
    attached = {"ManagedPolicyArns": [MANAGED + "Restores"]}
    assert messages(statement, resources=[VOLUME], role=attached) == []


def test_what_several_resources_lack_is_told_once() -> None:
    volumes = [f"{VOLUME}{number}" for number in range(3)]
    [message] = messages(allow("kms:DescribeKey"), resources=volumes)
    assert f"ec2:DescribeVolumes for EBS (selected by '{VOLUME}0') and 2 more. Without" in message
    assert message.count("ec2:DescribeVolumes") == 1


def test_what_cannot_happen_is_not_told() -> None:
    [message] = messages(allow("kms:DescribeKey"), resources=[EFS, never(VOLUME)])
    assert "EBS" not in message


BOUNDARY = {"PermissionsBoundary": {"Ref": "Bounds"}}
LEFT_OUT = [f"permissions boundary of role 'Role' leaves out {ENOUGH[0]} for EFS"]


def bounds(*statements: Any) -> dict[str, Any]:
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    return {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": document}}


@pytest.mark.parametrize(
    ("boundary", "statements", "expected"),
    [
        (BOUNDARY, [allow("*")], []),
        (BOUNDARY, [allow(*ENOUGH[1:])], LEFT_OUT),
        (BOUNDARY, [allow("*"), deny(ENOUGH[0])], LEFT_OUT),
        (
            BOUNDARY,
            [allow("*", Resource="arn:aws:s3:::x")],
            ["elasticfilesystem:DescribeTags for EFS"],
        ),
        (BOUNDARY, [allow({"Ref": "Given"})], []),
        (BOUNDARY, [{"Fn::If": ["Copies", allow("*"), allow(*ENOUGH[1:])]}], LEFT_OUT),
        ({}, [allow("s3:*")], []),  # a managed policy of somebody else
        ({"PermissionsBoundary": {"Ref": "Given"}}, [allow("s3:*")], []),
        ({"PermissionsBoundary": MANAGED + "Backup"}, [], []),
        (
            {"PermissionsBoundary": MANAGED + "Restores"},
            [],
            [f"leaves out {ENOUGH[0]}, {ENOUGH[1]}"],
        ),
        (
            {
                "PermissionsBoundary": {
                    "Fn::If": ["Copies", {"Fn::If": ["CopiesNot", {"Ref": "Bounds"}, NO]}, NO]
                }
            },
            [allow("s3:*")],
            [],
        ),
        (
            {"PermissionsBoundary": {"Fn::If": ["Copies", {"Ref": "Bounds"}, {"Ref": "Given"}]}},
            [allow(*ENOUGH[1:])],
            LEFT_OUT,
        ),
        (
            {
                "PermissionsBoundary": {
                    "Fn::If": ["Copies", {"Ref": "Given"}, {"Ref": "AWS::NoValue"}]
                }
            },
            [allow("s3:*")],
            [],
        ),
    ],
)
def test_permissions_boundaries(boundary: Any, statements: list[Any], expected: list[str]) -> None:
    agree(messages(allow("*"), role=boundary, Bounds=bounds(*statements)), expected)


def test_one_finding_for_a_role_whatever_selections_use_it() -> None:
    other = selection(Resources=["arn:aws:ec2:us-east-1:1:volume/vol-1"])
    [message] = messages(allow("tag:GetResources"), Other=other)
    assert "elasticfilesystem:Backup" in message
    assert "for EBS (selected by 'arn:aws:ec2:us-east-1:1:volume/vol-1')" in message


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([allow("backup:DescribeBackupVault")], []),
        ([allow("backup:DescribeBackupVault", Resource="arn:aws:backup:*:*:backup-vault:x")], []),
        (
            [allow(*ENOUGH)],
            ["Role 'Role' lacks backup:DescribeBackupVault for every backup. Backups are"],
        ),
        (
            [allow("*"), deny("backup:*")],
            ["A Deny in the policies of role 'Role' forbids backup:Desc"],
        ),
        ([allow({"Ref": "Given"})], []),
    ],
)
def test_reading_the_vault(statements: list[Any], expected: list[str]) -> None:
    agree(messages(*statements, rule_id="W9551"), expected)


def test_tags_on_recovery_points() -> None:
    tagging = rule(RecoveryPointTags={"Name": "nightly"})
    agree(messages(allow(*ENOUGH), its_rule=tagging), ["lacks backup:TagResource"])
    assert messages(allow(*ENOUGH, "backup:TagResource"), its_rule=tagging) == []
