"""The document for machines: it is as its schema says, and says what the page says."""

import json
from datetime import date
from pathlib import Path

import jsonschema
import pytest

from generator import paths
from generator.cloudformation.read import parse, read
from generator.protection import document
from generator.protection.explain import explain
from tests.support.generated import text
from tests.support.parameter_values import CLUSTER, everything

SCHEMA = json.loads(
    (paths.ROOT / "generator" / "protection" / "explanation.schema.json").read_text("utf-8")
)
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
WILD = sorted((paths.ROOT / "tests" / "rules" / "wild").iterdir())


def test_the_schema_is_one() -> None:
    VALIDATOR.check_schema(SCHEMA)


@pytest.mark.parametrize("path", WILD, ids=lambda path: path.name)
def test_a_document_of_any_template_fits_the_schema(path: Path) -> None:
    explanation = explain(read(str(path)), {}, date(2026, 11, 25))
    VALIDATOR.validate(json.loads(document.as_json(explanation)))


@pytest.mark.parametrize("given", [{"ClusterId": CLUSTER}, everything()], ids=["defaults", "all"])
def test_a_document_of_ours_fits_the_schema(given: dict[str, str]) -> None:
    explanation = explain(parse("t", text()), given, date(2026, 11, 25))
    VALIDATOR.validate(json.loads(document.as_json(explanation)))


def test_an_error_fits_the_schema() -> None:
    VALIDATOR.validate(json.loads(document.error_as_json("no")))


def test_a_key_that_the_schema_does_not_know_does_not_fit() -> None:
    assert not VALIDATOR.is_valid({**json.loads(document.error_as_json("no")), "more": 1})


def test_the_document_says_what_the_defaults_protect() -> None:
    explanation = explain(parse("t", text()), {"ClusterId": CLUSTER}, date(2026, 11, 25))
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


def test_what_is_unknown_is_shown_and_a_secret_is_not() -> None:
    template = """\
Parameters: {Days: {Type: Number}, Secret: {Type: String, NoEcho: true, Default: hush}}
Resources:
  Plan:
    Type: AWS::Backup::BackupPlan
    Properties:
      BackupPlan:
        BackupPlanName: p
        BackupPlanRule:
          - {RuleName: r, TargetBackupVault: v, Lifecycle: {DeleteAfterDays: !Ref Days}}
"""
    made = document.as_json(explain(parse("t", template), {}, date(2026, 11, 25)))
    found = json.loads(made)
    VALIDATOR.validate(found)
    assert found["rules"][0]["kept_days"] == "${Days}"
    assert found["not_known"] == ["Days"]
    assert "hush" not in made
