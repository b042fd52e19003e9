"""E9505: names, as far as they are known."""

from typing import Any

import pytest

from tests.rules.restore_testing.support import restore_plan, restore_selection
from tests.rules.support import agree, found, plan, rule, selection, template, vault

PARAMETERS = {"Cluster": {"Type": "String"}, "Named": {"Type": "String", "Default": "a b"}}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Vault-soca_1", []),
        ("v1", []),
        ("v" * 50, []),
        ("v", ["use 2 to 50"]),
        ("v" * 51, ["51 characters or more"]),
        ("a.b", ["it contains '.':"]),
        ("a b/c", ["it contains ' ', '/':"]),
        ({"Ref": "Cluster"}, []),
        ({"Ref": "Named"}, ["'a b' (default of parameter 'Named')"]),
        ({"Fn::Sub": "Vault-${Cluster}"}, []),
        ({"Fn::Sub": "Vault of ${Cluster}"}, ["it contains ' ':"]),
        ({"Fn::Sub": "${Cluster}-" + "v" * 50}, ["51 characters or more"]),
        ({"Fn::Join": ["-", ["Vault", {"Ref": "Named"}]]}, ["'Vault-a b'"]),
        ({"Fn::Join": ["-", ["Vault", {"Ref": "Cluster"}]]}, []),
        ({"Fn::Select": [0, ["a b"]]}, []),
    ],
)
def test_vaults(name: Any, expected: list[str]) -> None:
    whole = template(Vault=vault(BackupVaultName=name), Parameters=PARAMETERS)
    if isinstance(name, str):  # cfn-lint's E3031 is about such a name
        assert found("E9505", whole) == []
        name = {"Fn::Join": ["", [name]]}
    whole = template(Vault=vault(BackupVaultName=name), Parameters=PARAMETERS)
    agree(found("E9505", whole), expected)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.b-c_d", []),
        ("r", []),
        ("r" * 51, ["at most 50"]),
        ("a:b", ["it contains ':':"]),
        ("bad name!!", ["it contains ' ', '!':"]),
        ("", ["use 1 to 50"]),
    ],
)
def test_rules_and_selections(name: str, expected: list[str]) -> None:
    put = {"Fn::Join": ["", [name]]}
    whole = template(Plan=plan(rule(RuleName=name)), Selection=selection(SelectionName=put))
    agree(sorted(found("E9505", whole)), expected + expected)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Backups of ${Cluster}: all!", []),  # AWS documents no characters
        ("p", []),
        ("p" * 50, []),
        ("p" * 51, ["BackupPlanName", "at most 50"]),
        ("", ["BackupPlanName", "use 1 to 50"]),
    ],
)
def test_plans(name: str, expected: list[str]) -> None:
    named = plan(rule())
    named["Properties"]["BackupPlan"]["BackupPlanName"] = name
    messages = found("E9505", template(Plan=named))
    assert len(messages) == bool(expected)
    assert all(text in messages[0] for text in expected)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("v1", []),
        ("v", ["use 2 to 50"]),
        ("arn:aws:backup:eu-west-1:111122223333:backup-vault:v", ["it contains ':'"]),
    ],
)
def test_the_vault_of_a_rule_has_a_vault_s_name(name: str, expected: list[str]) -> None:
    agree(found("E9505", template(Plan=plan(rule(TargetBackupVault=name)))), expected)


def test_two_rules_of_one_name() -> None:
    expected = ["'nightly' is also the name of another rule"]
    agree(found("E9505", template(Plan=plan(rule(), rule(RuleName="b"), rule()))), expected)


def test_two_plans_may_have_rules_of_one_name() -> None:
    assert found("E9505", template(Plan=plan(rule()), Other=plan(rule()))) == []


def test_two_rules_of_one_name_that_cannot_be_there_together() -> None:
    conditions = {"Long": {"Fn::Equals": [{"Ref": "AWS::Region"}, "eu-west-1"]}}
    long = {"Fn::If": ["Long", rule(), {"Ref": "AWS::NoValue"}]}
    short = {"Fn::If": ["Long", {"Ref": "AWS::NoValue"}, rule()]}
    assert found("E9505", template(Plan=plan(long, short), Conditions=conditions)) == []
    agree(
        found("E9505", template(Plan=plan(long, rule()), Conditions=conditions)),
        ["the name of another rule"],
    )


def test_names_are_the_same_also_where_only_the_expression_is_known() -> None:
    named = {"Fn::Sub": "daily-${Cluster}"}
    whole = template(Plan=plan(rule(RuleName=named), rule(RuleName=named)), Parameters=PARAMETERS)
    agree(found("E9505", whole), ["the name of another rule"])


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("v" * 38 + "${AWS::AccountId}", []),
        ("v" * 39 + "${AWS::AccountId}", ["'" + "v" * 39 + "111111111111', it has 51 characters"]),
        ("v" * 36 + "${AWS::Region}", []),
        ("v" * 37 + "${AWS::Region}", ["'" + "v" * 37 + "ap-southeast-1', it has 51 characters"]),
        ("v" * 24 + "${AWS::AccountId}${AWS::Region}", []),
        (
            "v" * 23 + "${AWS::AccountId}-${AWS::Region}-${Cluster}",
            ["it has 51 characters or more"],
        ),
        ("v" * 49 + "${AWS::StackName}", []),
        ("${AWS::Partition}-backup", []),
        ("backup-${AWS::URLSuffix}", ["'backup-amazonaws.com', it contains '.'"]),
    ],
)
def test_a_name_counts_as_it_is_deployed(name: str, expected: list[str]) -> None:
    whole = template(Vault=vault(BackupVaultName={"Fn::Sub": name}), Parameters=PARAMETERS)
    agree(found("E9505", whole), expected)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Monthly_1", []),
        ("n" * 50, []),
        ("n" * 51, ["at most 50"]),
        ("", ["use 1 to 50"]),
        ("every-month", ["it contains '-': use only letters, digits and '_'"]),
        ("a.b", ["it contains '.'"]),
        ({"Ref": "Cluster"}, []),
        ({"Fn::Sub": "test_${AWS::AccountId}"}, []),
        ({"Fn::Sub": "test_${AWS::Region}"}, ["'test_ap-southeast-1', it contains '-'"]),
    ],
)
def test_restore_tests(name: Any, expected: list[str]) -> None:
    tests = {
        "RestorePlan": restore_plan(RestoreTestingPlanName=name),
        "RestoreSelection": restore_selection(
            RestoreTestingPlanName=name, RestoreTestingSelectionName=name
        ),
    }
    agree(found("E9505", template(**tests, Parameters=PARAMETERS)), expected * 2)
