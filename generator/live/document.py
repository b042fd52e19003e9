"""What the live check found, as a document for machines: inspection.schema.json says what it has.

Texts of AWS stand in it as they are, at full length.
"""

from datetime import datetime, timezone
from typing import Any

from generator.live.findings import Answer, Finding, Inspection, Resource, Verdict
from generator.printable import json_text

SCHEMA = 1
"""Goes up when a key is renamed or removed."""


def as_json(inspection: Inspection) -> str:
    """Return the inspection for machines."""
    document = {
        "schema": SCHEMA,
        "stack": inspection.stack,
        "stack_id": inspection.stack_id,
        "version": inspection.version or None,
        "region": inspection.region,
        "account": inspection.account,
        "at": _utc(inspection.at),
        "hours": inspection.hours,
        "is_well": inspection.is_well,
        "conclusion": inspection.conclusion,
        "not_checked": inspection.not_checked,
        "answers": [_answer(each) for each in inspection.answers],
        "resources": [_resource(each) for each in inspection.resources],
        "starts": [
            {"rule": each.rule, "at": each.at.isoformat(timespec="seconds")}
            for each in inspection.starts
        ],
        "calls": inspection.calls,
    }
    return json_text(document)


def error_as_json(sentence: str) -> str:
    """Return why nothing was found out, for machines."""
    return json_text({"schema": SCHEMA, "error": sentence})


def _utc(time: datetime) -> str:
    return time.astimezone(timezone.utc).isoformat(timespec="seconds")


def _verdict(verdict: Verdict) -> str:
    return verdict.name.lower()


def _answer(answer: Answer) -> dict[str, Any]:
    return {
        "question": answer.question.key,
        "verdict": _verdict(answer.verdict),
        "summary": answer.summary,
        "findings": [_finding(each) for each in answer.findings],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "verdict": _verdict(finding.verdict),
        "text": finding.text,
        "advice": finding.advice or None,
        "resource": finding.resource or None,
        "action": finding.action or None,
        "stops": [*finding.stops],
    }


def _resource(resource: Resource) -> dict[str, Any]:
    return {
        "arn": resource.arn,
        "type": resource.kind,
        "id": resource.id,
        "name": resource.name or None,
        "verdict": _verdict(resource.verdict),
        "why": resource.why or None,
        "newest": _utc(resource.newest) if resource.newest else None,
        "points": resource.points,
        "strip": resource.strip or None,
        "last_job": resource.last_job or None,
        "tonight": resource.tonight,
    }
