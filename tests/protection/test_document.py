"""The document for machines: it is as its schema says, and says what the page says."""

import json
from collections.abc import Iterator
from datetime import date
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


VAULTS = """\
Resources:
  Vault:
    Type: AWS::Backup::BackupVault
    Properties:
      BackupVaultName: own
      AccessPolicy:
        Version: "2012-10-17"
        Statement:
          - {Effect: Allow, Principal: "*", Action: "backup:CopyIntoBackupVault", Resource: "*"}
          - Effect: Deny
            Principal: "*"
            Action: backup:DeleteRecoveryPoint
            Resource: "*"
            Condition: {ArnNotEquals: {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/a"}}
  Plan:
    Type: AWS::Backup::BackupPlan
    Properties:
      BackupPlan:
        BackupPlanName: p
        BackupPlanRule:
          - {RuleName: a, TargetBackupVault: !Ref Vault}
          - {RuleName: b, TargetBackupVault: other}
"""


def test_a_vault_says_what_its_policy_does_and_another_one_nothing() -> None:
    found = json.loads(document.as_json(explain(parse("t", VAULTS), {}, date(2026, 11, 25))))
    VALIDATOR.validate(found)
    own, other = found["vaults"]
    assert own["allowed"] == [{"action": "backup:CopyIntoBackupVault", "to": "*"}]
    assert own["denied"] == [
        {"action": "backup:DeleteRecoveryPoint", "except": ["arn:aws:iam::111122223333:role/a"]}
    ]
    assert other == {"name": "other", "in_template": False}


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
