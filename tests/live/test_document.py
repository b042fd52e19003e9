"""The document for machines: it is as its schema says, and has all that was found."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import jsonschema
import pytest

from generator import paths
from generator.live import document
from generator.live.findings import (
    DAYS,
    FAILED,
    NONE,
    POINT,
    QUESTIONS,
    RESOURCES,
    VAULT,
    Finding,
    Inspection,
    Start,
    Verdict,
)
from tests.live.support import NOW, SUMMARIES, an_inspection, fsx, instance
from tests.test_printable import TEXTS

SCHEMA = json.loads(
    (paths.ROOT / "generator" / "live" / "inspection.schema.json").read_text("utf-8")
)
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
DEFINED = SCHEMA["$defs"]


def found(inspection: Inspection) -> dict[str, Any]:
    """Return the document of an inspection, which fits the schema."""
    made = document.as_json(inspection)
    assert made.isascii()
    read: dict[str, Any] = json.loads(made)
    VALIDATOR.validate(read)
    return read


def objects(node: Any) -> Iterator[dict[str, Any]]:
    """Yield the schemas of objects."""
    if isinstance(node, dict) and "properties" in node:
        yield node
    for each in node.values() if isinstance(node, dict) else node if isinstance(node, list) else []:
        yield from objects(each)


def test_an_object_has_all_keys_of_its_schema_and_no_other() -> None:
    VALIDATOR.check_schema(SCHEMA)
    for each in objects(SCHEMA):
        assert each["additionalProperties"] is False
        assert each["required"] == [*each["properties"]]


def test_the_schema_knows_every_question_verdict_and_sign_of_a_day() -> None:
    assert DEFINED["answer"]["properties"]["question"]["enum"] == [each.key for each in QUESTIONS]
    assert DEFINED["verdict"]["enum"] == [each.name.lower() for each in Verdict]
    strip = DEFINED["resource"]["properties"]["strip"]["pattern"]
    assert strip == f"^[{POINT}{NONE}{FAILED}]{{{DAYS}}}$"


def test_the_whole_document_of_a_small_cluster() -> None:
    new_york = timezone(timedelta(hours=-5))
    inspection = an_inspection(
        {
            RESOURCES: [
                Finding(Verdict.NOT_WELL, "it is old", "back it up", "arn:1", stops=("arn:1",))
            ],
            VAULT: [Finding(Verdict.NOT_CHECKED, "no answer", action="kms:DescribeKey")],
        },
        at=NOW.astimezone(new_york),
        resources=[
            instance(
                newest=datetime(2026, 11, 23, 22, 0, 59, 9, new_york),
                strip=NONE * 32 + POINT + FAILED * 2,
                verdict=Verdict.NOT_WELL,
                why="it is old",
                last_job="FAILED: no key",
            ),
            fsx(
                newest=None,
                points=None,
                strip="",
                verdict=Verdict.NOT_CHECKED,
                tonight=None,
                last_job="",
            ),
        ],
        starts=[Start("Daily", datetime(2026, 11, 26, 0, 0, tzinfo=new_york))],
    )
    findings: dict[str, Any] = {
        "resources": {
            "verdict": "not_well",
            "text": "it is old",
            "advice": "back it up",
            "resource": "arn:1",
            "action": None,
            "stops": ["arn:1"],
        },
        "vault": {
            "verdict": "not_checked",
            "text": "no answer",
            "advice": None,
            "resource": None,
            "action": "kms:DescribeKey",
            "stops": [],
        },
    }
    assert found(inspection) == {
        "schema": 1,
        "stack": "soca-mycluster-backup",
        "stack_id": inspection.stack_id,
        "version": "2.1.0",
        "region": "eu-west-1",
        "account": "111122223333",
        "at": "2026-11-25T16:20:00+00:00",
        "hours": 27,
        "is_well": False,
        "conclusion": "Tonight's backup will run for 4 of 4 resources.",
        "not_checked": 1,
        "answers": [
            {
                "question": each.key,
                "verdict": findings.get(each.key, {"verdict": "well"})["verdict"],
                "summary": SUMMARIES[each],
                "findings": [findings[each.key]] if each.key in findings else [],
            }
            for each in QUESTIONS
        ],
        "resources": [
            {
                "arn": instance().arn,
                "type": "EC2",
                "id": "i-00000000000000001",
                "name": "soca-mycluster-Scheduler",
                "verdict": "not_well",
                "why": "it is old",
                "newest": "2026-11-24T03:00:59+00:00",
                "points": 35,
                "strip": "................................#xx",
                "last_job": "FAILED: no key",
                "tonight": True,
            },
            {
                "arn": fsx().arn,
                "type": "FSx",
                "id": "fsvol-0123456789abcdef0",
                "name": None,
                "verdict": "not_checked",
                "why": None,
                "newest": None,
                "points": None,
                "strip": None,
                "last_job": None,
                "tonight": None,
            },
        ],
        "starts": [{"rule": "Daily", "at": "2026-11-26T00:00:00-05:00"}],
        "calls": 37,
    }


@pytest.mark.parametrize(
    ("verdict", "is_well"),
    [(Verdict.TO_KNOW, True), (Verdict.NOT_CHECKED, None), (Verdict.NOT_WELL, False)],
)
def test_it_says_whether_all_is_well(verdict: Verdict, is_well: bool | None) -> None:
    made = found(an_inspection({RESOURCES: [Finding(verdict, "so")]}, version=""))
    assert (made["is_well"], made["version"]) == (is_well, None)


def test_texts_of_others_stand_in_it_as_they_are() -> None:
    text = "".join(TEXTS) + "x" * 10_000
    finding = Finding(Verdict.NOT_WELL, text, text, text, text)
    made = found(an_inspection({VAULT: [finding]}, resources=[instance(name=text, why=text)]))
    [answer] = [each for each in made["answers"] if each["findings"]]
    assert answer["findings"][0]["text"] == made["resources"][0]["name"] == text


def test_an_error_fits_the_schema_and_has_no_other_key() -> None:
    error = json.loads(document.error_as_json("no"))
    VALIDATOR.validate(error)
    assert not VALIDATOR.is_valid({**error, "more": 1})
