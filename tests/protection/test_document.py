"""The document for machines: it is as its schema says, and says what the page says."""

import json
from collections.abc import Iterator
from datetime import date, datetime, timezone
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from generator import paths
from generator.cloudformation.read import parse, read
from generator.protection import document, page, picture
from generator.protection.explain import explain
from tests.support.generated import text
from tests.support.parameter_values import CLUSTER, everything

DATE = date(2026, 11, 25)
SCHEMA = json.loads(
    (paths.ROOT / "generator" / "protection" / "explanation.schema.json").read_text("utf-8")
)
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
WILD = sorted((paths.ROOT / "tests" / "rules" / "wild").iterdir())


def test_the_schema_is_one() -> None:
    VALIDATOR.check_schema(SCHEMA)


def objects(node: Any) -> Iterator[dict[str, Any]]:
    """Yield the schemas of objects whose keys are known."""
    if isinstance(node, dict) and "properties" in node:
        yield node
    for each in node.values() if isinstance(node, dict) else node if isinstance(node, list) else []:
        yield from objects(each)


def test_an_object_has_all_keys_of_its_schema_and_no_other() -> None:
    for each in objects(SCHEMA):
        assert each["additionalProperties"] is False
        assert each["required"] == [*each["properties"]]


@pytest.mark.parametrize("path", WILD, ids=lambda path: path.name)
def test_a_document_of_any_template_fits_the_schema(path: Path) -> None:
    explanation = explain(read(str(path)), {}, DATE)
    VALIDATOR.validate(json.loads(document.as_json(explanation)))


@pytest.mark.parametrize("given", [{"ClusterId": CLUSTER}, everything()], ids=["defaults", "all"])
def test_a_document_of_ours_fits_the_schema(given: dict[str, str]) -> None:
    explanation = explain(parse("t", text()), given, DATE)
    VALIDATOR.validate(json.loads(document.as_json(explanation)))


def test_an_error_fits_the_schema() -> None:
    VALIDATOR.validate(json.loads(document.error_as_json("no")))


def test_a_key_that_the_schema_does_not_know_does_not_fit() -> None:
    assert not VALIDATOR.is_valid({**json.loads(document.error_as_json("no")), "more": 1})


def test_the_document_says_what_the_defaults_protect() -> None:
    explanation = explain(parse("t", text()), {"ClusterId": CLUSTER}, DATE)
    found = json.loads(document.as_json(explanation))
    assert [each["name"] for each in found["types"]] == [
        "EC2 instances",
        "EBS volumes",
        "EFS file systems",
    ]
    for each in found["types"]:
        assert (each["backed_up"], each["restored"], each["copied"]) == (True, True, False)
        assert each["worst_loss_minutes"] == 25 * 60
        [points] = each["restore_points"]
        assert (points["from_days"], points["to_days"], points["count"]) == (0, 30, 30)
    [rule] = found["rules"]
    assert rule["next_starts"][0] == {"at": "2026-11-25T05:00:00+00:00", "certain": True}
    assert {
        "text": "FSx file systems and volumes are not backed up",
        "parameters": ["ProtectFSx"],
    } in found["gaps"]


SMALL = """\
Parameters: {Tag: {Type: String, Default: a}, Keep: {Type: Number}}
Conditions: {IsFar: !Equals [!Ref "AWS::Region", eu-west-3]}
Resources:
  Vault:
    Type: AWS::Backup::BackupVault
    Properties:
      BackupVaultName: own
      LockConfiguration: {MinRetentionDays: 7}
      Notifications: {SNSTopicArn: !Ref Topic, BackupVaultEvents: [COPY_JOB_FAILED]}
      AccessPolicy:
        Version: "2012-10-17"
        Statement:
          - {Effect: Allow, Principal: "*", Action: "backup:CopyIntoBackupVault", Resource: "*"}
          - Effect: Deny
            Principal: "*"
            Action: backup:DeleteRecoveryPoint
            Resource: "*"
            Condition: {ArnNotEquals: {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/a"}}
  Topic:
    Type: AWS::SNS::Topic
    Properties: {Subscription: [{Protocol: email, Endpoint: a@example.com}]}
  TopicPolicy:
    Type: AWS::SNS::TopicPolicy
    Properties:
      Topics: [!Ref Topic]
      PolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal: {Service: backup.amazonaws.com}
            Action: sns:Publish
            Resource: !Ref Topic
  Plan:
    Type: AWS::Backup::BackupPlan
    Properties:
      BackupPlan:
        BackupPlanName: p
        BackupPlanRule:
          - RuleName: daily
            TargetBackupVault: !Ref Vault
            ScheduleExpression: cron(30 2 * * ? *)
            ScheduleExpressionTimezone: Europe/Paris
            StartWindowMinutes: 60
            CompletionWindowMinutes: 600
            Lifecycle: {DeleteAfterDays: 120, MoveToColdStorageAfterDays: 30}
            CopyActions: [{DestinationBackupVaultArn: far, Lifecycle: {DeleteAfterDays: 9}}]
          - !If
            - IsFar
            - !Ref AWS::NoValue
            - RuleName: yearly
              TargetBackupVault: other
              ScheduleExpression: cron(0 9 1 1 ? *)
              StartWindowMinutes: 60
  Selection:
    Type: AWS::Backup::BackupSelection
    Properties:
      BackupPlanId: !Ref Plan
      BackupSelection:
        SelectionName: s
        IamRoleArn: !GetAtt Role.Arn
        Resources: ["arn:aws:elasticfilesystem:*:*:file-system/fs-*"]
        NotResources: ["arn:aws:elasticfilesystem:*:*:file-system/fs-1"]
        Conditions:
          StringLike: [{ConditionKey: "aws:ResourceTag/t", ConditionValue: !Ref Tag}]
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - {Effect: Allow, Principal: {Service: backup.amazonaws.com}, Action: "sts:AssumeRole"}
      ManagedPolicyArns:
        - arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup
        - arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForRestores
"""
# In the night of 25 October the clocks change: without its start, 49 hours and the start window are
# lost. The last 1 January is 296 days ago.
SMALL_DOCUMENT = {
    "schema": 1,
    "template": "t",
    "date": "2026-10-24",
    "time": None,
    "not_read": [],
    "values": {"Tag": "a"},
    "not_known": ["Keep"],
    "assumed": [{"condition": "IsFar", "holds": False, "decided_by": ["AWS::Region"]}],
    "types": [
        {
            "name": "EFS file systems",
            "selected": [
                {
                    "plan": "${Plan}",
                    "arn": "arn:aws:elasticfilesystem:*:*:file-system/fs-*",
                    "tags": [{"operator": "StringLike", "key": "t", "value": "a"}],
                    "without": ["arn:aws:elasticfilesystem:*:*:file-system/fs-1"],
                    "if_opted_in": False,
                    "role": "${Role.Arn}",
                }
            ],
            "backed_up": True,
            "restored": True,
            "copied": True,
            "worst_loss_minutes": 3000,
            "without_backup_minutes": 0,
            "restore_points": [
                {
                    "from_days": 0,
                    "to_days": 30,
                    "count": 30,
                    "longest_gap_minutes": 1440,
                    "rules": ["daily", "yearly"],
                    "in_cold_storage": [],
                },
                {
                    "from_days": 30,
                    "to_days": 120,
                    "count": 90,
                    "longest_gap_minutes": 1440,
                    "rules": ["daily", "yearly"],
                    "in_cold_storage": ["daily"],
                },
                {
                    "from_days": 120,
                    "to_days": None,
                    "count": None,
                    "longest_gap_minutes": 525600,
                    "rules": ["yearly"],
                    "in_cold_storage": [],
                },
            ],
            "why_not_known": None,
        }
    ],
    "restore_tests": [],
    "rules": [
        {
            "plan": "${Plan}",
            "name": "daily",
            "schedule": "cron(30 2 * * ? *)",
            "time_zone": "Europe/Paris",
            "start_window_minutes": 60,
            "completion_window_minutes": 600,
            "kept_days": 120,
            "cold_after_days": 30,
            "pauses_windows": False,
            "continuous": False,
            "vault": "own",
            "copies": [{"vault": "far", "kept_days": 9}],
            "next_starts": [
                {"at": "2026-10-24T02:30:00+02:00", "certain": True},
                {"at": "2026-10-25T02:30:00+02:00", "certain": False},
                {"at": "2026-10-26T02:30:00+01:00", "certain": True},
            ],
        },
        {
            "plan": "${Plan}",
            "name": "yearly",
            "schedule": "cron(0 9 1 1 ? *)",
            "time_zone": "UTC",
            "start_window_minutes": 60,
            "completion_window_minutes": 10080,
            "kept_days": None,
            "cold_after_days": None,
            "pauses_windows": False,
            "continuous": False,
            "vault": "other",
            "copies": [],
            "next_starts": [
                {"at": "2027-01-01T09:00:00+00:00", "certain": True},
                {"at": "2028-01-01T09:00:00+00:00", "certain": True},
                {"at": "2029-01-01T09:00:00+00:00", "certain": True},
            ],
        },
    ],
    "vaults": [
        {
            "name": "own",
            "in_template": True,
            "outlives_stack": False,
            "key": "aws/backup",
            "key_in_template": False,
            "key_outlives_stack": None,
            "lock": {"minimum_days": 7, "maximum_days": None, "final_after_days": None},
            "denied": [
                {
                    "action": "backup:DeleteRecoveryPoint",
                    "except": ["arn:aws:iam::111122223333:role/a"],
                }
            ],
            "allowed": [{"action": "backup:CopyIntoBackupVault", "to": "*"}],
            "key_lets": [],
        },
        {"name": "other", "in_template": False},
    ],
    "roles": [
        {
            "arn": "${Role.Arn}",
            "trusts_aws_backup": True,
            "outlives_stack": False,
            "restores": [
                "EC2 instances",
                "EBS volumes",
                "EFS file systems",
                "FSx file systems",
                "FSx volumes",
            ],
            "passes": [{"role": "arn:aws:iam::*:role/*", "to": "ec2.amazonaws.com"}],
        }
    ],
    "alerts": [
        {
            "what": "failed copies",
            "after_hours": None,
            "topic": "${Topic}",
            "subscribers": ["a@example.com"],
            "certain": True,
        }
    ],
}


def test_the_whole_document_of_a_small_template() -> None:
    found = json.loads(document.as_json(explain(parse("t", SMALL), {}, date(2026, 10, 24))))
    VALIDATOR.validate(found)
    del found["gaps"]
    assert found == SMALL_DOCUMENT


COMPANION = """\
Resources:
  Vault:
    Type: AWS::Backup::BackupVault
    Properties:
      BackupVaultName: far
      EncryptionKeyArn: !GetAtt Key.Arn
  Key:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Version: "2012-10-17"
        Statement:
          - {Effect: Allow, Principal: {AWS: "222233334444"}, Action: "kms:Decrypt", Resource: "*"}
  Plan:
    Type: AWS::Backup::RestoreTestingPlan
    Properties:
      RestoreTestingPlanName: p
      ScheduleExpression: cron(0 7 2 * ? *)
      RecoveryPointSelection:
        {Algorithm: RANDOM_WITHIN_WINDOW, IncludeVaults: ["*"], ExcludeVaults: [v]}
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties: {GroupDescription: g, VpcId: vpc-1}
  Instances:
    Type: AWS::Backup::RestoreTestingSelection
    Properties:
      RestoreTestingPlanName: !Ref Plan
      RestoreTestingSelectionName: i
      ProtectedResourceType: EC2
      ProtectedResourceArns: ["*"]
      ProtectedResourceConditions: {StringEquals: [{Key: "aws:ResourceTag/a", Value: b}]}
      IamRoleArn: arn:aws:iam::111122223333:role/r
      RestoreMetadataOverrides: {securityGroupIds: !Sub '["${Group.GroupId}"]'}
  Elsewhere:
    Type: AWS::Backup::RestoreTestingSelection
    Properties:
      RestoreTestingPlanName: other
      RestoreTestingSelectionName: e
      ProtectedResourceType: EBS
      ProtectedResourceArns: [!ImportValue x]
      IamRoleArn: arn:aws:iam::111122223333:role/r
      ValidationWindowHours: 2
"""
RESTORE_TESTS = [
    {
        "types": ["EC2 instances"],
        "arns": None,
        "tags": [{"operator": "StringEquals", "key": "a", "value": "b"}],
        "role": "arn:aws:iam::111122223333:role/r",
        "deleted_after_hours": None,
        "plan": {
            "name": "${Plan}",
            "schedule": "cron(0 7 2 * ? *)",
            "time_zone": "UTC",
            "start_window_hours": 24,
            "newest": False,
            "backup_at_most_days": 30,
            "vaults": ["*"],
            "without_vaults": ["v"],
            "next_starts": [
                {"at": f"{day}T07:00:00+00:00", "certain": True}
                for day in ("2026-12-02", "2027-01-02", "2027-02-02")
            ],
        },
        "instances": {
            "profile": None,
            "security_groups": ["${Group.GroupId}"],
            "subnet": None,
            "ways": ["out to everything"],
        },
    },
    {
        "types": ["EBS volumes"],
        "arns": ["${Fn::ImportValue x}"],
        "tags": [],
        "role": "arn:aws:iam::111122223333:role/r",
        "deleted_after_hours": 2,
        "plan": None,
        "instances": None,
    },
]


def test_the_document_of_restore_tests_and_a_vault_for_copies() -> None:
    found = json.loads(document.as_json(explain(parse("t", COMPANION), {}, DATE)))
    VALIDATOR.validate(found)
    assert found["restore_tests"] == RESTORE_TESTS
    [vault] = found["vaults"]
    assert vault["name"] == "far"
    assert vault["key_lets"] == [{"action": "kms:Decrypt", "to": "222233334444"}]
    adopted = "Parameters: {ExistingVaultName: {Type: String}}\nResources: {}"
    found = json.loads(
        document.as_json(explain(parse("t", adopted), {"ExistingVaultName": "v"}, DATE))
    )
    assert found["vaults"] == [{"name": "v", "in_template": False}]


TEMPLATE = """\
Parameters: {Days: {Type: Number}, Secret: {Type: String, NoEcho: true, Default: hush}}
Conditions:
  IsHush: !Equals [!Ref Secret, hush]
  IsInParis: !And [!Condition IsHush, !Equals [!Ref AWS::Region, eu-west-3]]
Resources:
  Plan:
    Type: AWS::Backup::BackupPlan
    Properties:
      BackupPlan:
        BackupPlanName: !Ref Secret
        BackupPlanRule:
          - RuleName: !Sub "a-${Secret}"
            TargetBackupVault: !Ref Secret
            ScheduleExpression: !If [IsHush, cron(0 5 * * ? *), cron(0 6 * * ? *)]
            StartWindowMinutes: !If [IsInParis, 60, 120]
            Lifecycle: {DeleteAfterDays: !Ref Days}
  Vault: {Type: AWS::Backup::BackupVault, Properties: {BackupVaultName: !Ref Secret}}
  Selection:
    Type: AWS::Backup::BackupSelection
    Properties:
      BackupPlanId: !Ref Plan
      BackupSelection:
        SelectionName: !Ref Secret
        IamRoleArn: !Sub arn:aws:iam::111122223333:role/${Secret}
        ListOfTags:
          - {ConditionType: STRINGEQUALS, ConditionKey: !Ref Secret, ConditionValue: !Ref Secret}
"""


def test_a_part_of_a_type_that_other_plans_take_stands_alone() -> None:
    other = TEMPLATE.partition("  Plan:")[2].partition("  Vault:")[0].replace("5 *", "9 *")
    taken = TEMPLATE.partition("  Selection:")[2].replace("Ref Plan", "Ref OtherPlan")
    source = (
        f"{TEMPLATE}  OtherPlan:{other}  Other:{taken.replace('Value: !Ref Secret', 'Value: x')}"
    )
    found = json.loads(document.as_json(explain(parse("t", source), {"Days": "30"}, DATE)))
    VALIDATOR.validate(found)
    parts = [each["selected"] for each in found["types"] if each["name"] == "EBS volumes"]
    assert [[its["tags"][0]["value"] for its in part] for part in parts] == [["****"], ["x"]]


def test_what_is_unknown_is_shown() -> None:
    found = json.loads(document.as_json(explain(parse("t", TEMPLATE), {}, DATE)))
    VALIDATOR.validate(found)
    assert found["rules"][0]["kept_days"] == "${Days}"
    assert found["not_known"] == ["Days"]
    assert [each["restore_points"] for each in found["types"]] == [None] * len(found["types"])
    assert "${Days}" in found["types"][0]["why_not_known"]


def test_a_time_of_the_day_is_said() -> None:
    now = datetime(2026, 11, 25, 13, 5, tzinfo=timezone.utc)
    found = json.loads(document.as_json(explain(parse("t", TEMPLATE), {}, DATE, now)))
    VALIDATOR.validate(found)
    assert (found["date"], found["time"]) == ("2026-11-25", "13:05")


@pytest.mark.parametrize(("secret", "hour"), [("hush", 5), ("hash", 6)])
def test_what_is_not_to_be_shown_is_not_and_decides_even_so(secret: str, hour: int) -> None:
    explanation = explain(parse("t", TEMPLATE), {"Secret": secret, "Days": "30"}, DATE)
    made = document.as_json(explanation)
    found = json.loads(made)
    VALIDATOR.validate(found)
    [rule], [vault] = found["rules"], found["vaults"]
    assert found["values"] == {"Secret": "****", "Days": "30"}
    assert (rule["name"], rule["schedule"]) == ("a-****", f"cron(0 {hour} * * ? *)")
    assert (vault["name"], vault["in_template"]) == ("****", True)
    told = page.as_text(explanation)
    assert "with the tag ****=****" in told
    assert ("condition IsInParis is false: AWS::Region decides it" in told) == (secret == "hush")
    drawn = picture.picture(explanation.types, explanation.now)
    assert "a-****, kept for 30 days" in drawn
    assert secret not in made + told + drawn
