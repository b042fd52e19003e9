"""One cause is one finding, also where cfn-lint's own rules see it."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.rules.restore_testing.support import restore_plan, restore_selection
from tests.rules.selection.support import TAGS, TYPES
from tests.rules.support import agree, cfn_lint, found, plan, rule, selection, template, vault


def of_plan(*rules: Any, **sections: Any) -> dict[str, Any]:
    return template(Plan=plan(*rules), **sections)


def of_vault(name: Any, **sections: Any) -> dict[str, Any]:
    return template(Vault=vault(BackupVaultName=name), **sections)


def cold(delete: Any, move: Any) -> dict[str, Any]:
    return {"DeleteAfterDays": delete, "MoveToColdStorageAfterDays": move}


def in_stack_set(text: dict[str, Any]) -> dict[str, Any]:
    properties = {
        "StackSetName": "x",
        "PermissionModel": "SELF_MANAGED",
        "TemplateBody": json.dumps(text),
    }
    return template(Set={"Type": "AWS::CloudFormation::StackSet", "Properties": properties})


DAYS = {"Days": {"Type": "Number", "Default": 60}}
NAME = {"Name": {"Type": "String", "Default": "a b"}}
HERE = {"Here": {"Fn::Equals": [{"Ref": "AWS::Region"}, "eu-west-1"]}}
ELSEWHERE = "arn:aws:backup:us-east-1:111122223333:backup-vault:x"

CASES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "numbers": (of_plan(rule(Lifecycle=cold(60, 30))), ["E3504"]),
    "numbers of a copy": (
        of_plan(
            rule(
                CopyActions=[{"DestinationBackupVaultArn": ELSEWHERE, "Lifecycle": cold(60, 30)}],
            )
        ),
        ["E3504"],
    ),
    "numbers behind a condition": (
        of_plan(rule(Lifecycle={"Fn::If": ["Here", cold(60, 30), cold(120, 30)]}), Conditions=HERE),
        ["E3504"],
    ),
    "numbers as text": (of_plan(rule(Lifecycle=cold("60", "30"))), ["E9503"]),
    "a default": (of_plan(rule(Lifecycle=cold({"Ref": "Days"}, 30)), Parameters=DAYS), ["E9503"]),
    "a macro of AWS": (
        of_plan(rule(Lifecycle=cold("60", "30")), Transform=["AWS::LanguageExtensions"]),
        ["E9503"],
    ),
    "a macro that may change everything": (
        of_plan(rule(Lifecycle=cold("60", "30")), Transform=[{"Name": "OurMacro"}]),
        [],
    ),
    "numbers in a stack set": (in_stack_set(of_plan(rule(Lifecycle=cold(60, 30)))), ["E9503"]),
    "name of a vault": (of_vault("a b"), ["E3031"]),
    "name of a vault in a stack set": (in_stack_set(of_vault("a b")), ["E9505"]),
    "name of a selection": (
        template(Plan=plan(rule()), Selection=selection(SelectionName="a b", Resources=TYPES)),
        ["E3031"],
    ),
    "name of a selection that only AWS Backup refuses": (
        template(Plan=plan(rule()), Selection=selection(SelectionName="a:b", Resources=TYPES)),
        ["E9505"],
    ),
}


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """Return the errors that cfn-lint, with our rules, reports about each case."""
    folder = tmp_path_factory.mktemp("cases")
    files = {folder / f"{number}.json": name for number, name in enumerate(CASES)}
    for path, name in files.items():
        path.write_text(json.dumps(CASES[name][0]))
    errors: dict[str, list[str]] = {name: [] for name in CASES}
    for match in cfn_lint(files, folder):
        if match["Rule"]["Id"] in {"E3504", "E3031", "E9503", "E9505"}:
            errors[files[Path(match["Filename"])]].append(match["Rule"]["Id"])
    return errors


@pytest.mark.parametrize("name", CASES)
def test_what_cfn_lint_reports_is_not_reported_again(
    name: str, reported: dict[str, list[str]]
) -> None:
    assert reported[name] == CASES[name][1]


def test_a_default_that_many_places_use_is_one_finding() -> None:
    some = [rule(RuleName=name, Lifecycle=cold({"Ref": "Days"}, 30)) for name in "abc"]
    agree(found("E9503", of_plan(*some, Parameters=DAYS)), ["(default of parameter 'Days')"])
    in_plan = rule(TargetBackupVault={"Ref": "Name"}, RuleName={"Ref": "Name"})
    whole = of_vault({"Ref": "Name"}, Plan=plan(in_plan), Parameters=NAME)
    agree(found("E9505", whole), ["BackupVaultName", "RuleName"])


def test_a_name_is_one_finding_where_it_is_given_not_where_it_is_used() -> None:
    text = {"Fn::Join": ["", ["a b"]]}
    whole = of_vault(text, Plan=plan(rule(TargetBackupVault="a b")))
    agree(found("E9505", whole), ["BackupVaultName"])
    tested = restore_selection(RestoreTestingPlanName="a.b")
    whole = template(Restored=tested, RestorePlan=restore_plan(RestoreTestingPlanName="a.b"))
    agree(found("E9505", whole), ["RestoreTestingPlanName"])
    agree(found("E9505", template(Restored=tested)), ["RestoreTestingPlanName"])


def test_what_is_written_in_many_places_is_one_finding_each() -> None:
    some = [rule(RuleName=name, Lifecycle=cold("60", 30)) for name in "abc"]
    assert len(found("E9503", of_plan(*some))) == len(some)


def by_tags(*, off: bool = False) -> dict[str, Any]:
    checks = {"cfn-lint": {"config": {"ignore_checks": ["W9533"]}}} if off else {}
    return {**selection(ListOfTags=TAGS), "Metadata": checks}


def test_the_settings_of_the_region_are_one_cause() -> None:
    whole = template(A=by_tags(), B=by_tags(), C=by_tags(), D=selection(Resources=TYPES))
    agree(found("W9533", whole), ["service opt-in (so do B, C):"])
    agree(found("W9533", template(A=by_tags(off=True), B=by_tags())), ["service opt-in:"])
