"""What an update does to a live stack: a table of pairs for each kind of change."""

import copy

import pytest

from generator import templates_folder
from generator.cloudformation.errors import UnreadableError
from generator.cloudformation.read import parse
from generator.compare.comparison import Comparison, compare
from tests.support.compared import (
    KEY,
    OLD,
    RULE,
    VAULT,
    Slip,
    after,
    all_of,
    compare_documents,
    drop,
    old,
    put,
    rename,
)

# What is done to the template; name, change, verdict, and whether data is in danger.
RESOURCES: dict[str, tuple[Slip, str, str, str, bool]] = {
    "a name that is fixed": (
        put(f"{VAULT}/BackupVaultName", {"Fn::Sub": "Safe-${Cluster}"}),
        "Vault",
        "replaced",
        "major",
        True,
    ),
    "a name that may be the same": (
        put(f"{VAULT}/BackupVaultName", "Vault-mine"),
        "Vault",
        "may be replaced",
        "major",
        True,
    ),
    "a property that can change": (
        put(f"{VAULT}/BackupVaultTags", {"a": "b"}),
        "Vault",
        "updated in place",
        "minor",
        False,
    ),
    "a text": (
        put("Resources/Role/Properties/Description", "Backs up and restores"),
        "Role",
        "updated in place",
        "minor",
        False,
    ),
    "a part of a property that is fixed as a whole": (
        put("Resources/Selection/Properties/BackupSelection/SelectionName", "marked"),
        "Selection",
        "replaced",
        "minor",
        False,
    ),
    "a resource that goes": (
        all_of(drop("Resources/Selection"), drop("Resources/Plan")),
        "Plan",
        "removed",
        "major",
        False,
    ),
    "a kept resource that goes": (
        all_of(drop("Resources/Role"), drop("Resources/Selection")),
        "Role",
        "retained",
        "major",
        False,
    ),
    "another logical id": (
        all_of(
            rename("Resources/Vault", "Safe"),
            put(f"{RULE}/TargetBackupVault", {"Ref": "Safe"}),
            put("Outputs/VaultName/Value", {"Ref": "Safe"}),
            put("Outputs/VaultArn/Value", {"Fn::GetAtt": ["Safe", "BackupVaultArn"]}),
        ),
        "Vault",
        "retained",
        "major",
        True,
    ),
    "a fixed property of what holds no data, and may be the same": (
        put("Resources/Selection/Properties/BackupPlanId", "1234"),
        "Selection",
        "may be replaced",
        "minor",
        False,
    ),
    "a fixed property of what is not known to hold data": (
        put("Resources/Topic/Properties/TopicName", "alerts"),
        "Topic",
        "replaced",
        "major",
        False,
    ),
    "a property that AWS may replace for": (
        put("Resources/Alert/Properties/EventBusName", "other"),
        "Alert",
        "may be replaced",
        "major",
        False,
    ),
    "another type": (
        put("Resources/Role/Type", "AWS::IAM::User"),
        "Role",
        "refused",
        "major",
        True,
    ),
    "a new resource": (put("Resources/Key", KEY), "Key", "added", "minor", False),
    "a type that nobody knows": (
        all_of(put("Resources/Plan/Type", "Nobody::Knows::This")),
        "Plan",
        "refused",
        "major",
        False,
    ),
    "a condition that a stack may not meet": (
        put("Resources/Vault/Condition", "HasKey"),
        "Vault",
        "retained",
        "major",
        False,
    ),
    "a condition less": (drop("Resources/Topic/Condition"), "Topic", "added", "minor", False),
    "what follows from a replaced one": (
        put("Resources/Role/Properties/Path", "/backup/"),
        "Selection",
        "may be replaced",
        "major",
        True,
    ),
    "what follows in place": (
        put(f"{VAULT}/BackupVaultName", {"Fn::Sub": "Safe-${Cluster}"}),
        "Plan",
        "updated in place",
        "major",
        True,
    ),
    "kept no longer when the stack goes": (
        drop("Resources/Vault/DeletionPolicy"),
        "Vault",
        "no longer kept",
        "major",
        False,
    ),
    "kept no longer when it is replaced": (
        put("Resources/Vault/UpdateReplacePolicy", "Delete"),
        "Vault",
        "no longer kept",
        "major",
        False,
    ),
    "kept as well": (
        put("Resources/Role/DeletionPolicy", "RetainExceptOnCreate"),
        "Role",
        "DeletionPolicy changed",
        "minor",
        False,
    ),
    "a lock that only some stacks have": (
        drop(f"{VAULT}/LockConfiguration"),
        "Vault",
        "updated in place",
        "major",
        False,
    ),
    "an order": (
        put("Resources/Plan/DependsOn", "Role"),
        "Plan",
        "DependsOn changed",
        "patch",
        False,
    ),
    "a value that a mapping gives": (
        put("Mappings/Locks/soft/days", 9),  # refuses what Days may be as well
        "Vault",
        "updated in place",
        "major",
        False,
    ),
    "a condition's own text": (
        put("Conditions/HasKey", {"Fn::Not": [{"Fn::Equals": [{"Ref": "KeyArn"}, "none"]}]}),
        "Vault",
        "replaced",
        "major",
        True,
    ),
}


@pytest.mark.parametrize(
    ("slip", "name", "change", "verdict", "danger"), RESOURCES.values(), ids=RESOURCES
)
def test_a_changed_resource(slip: Slip, name: str, change: str, verdict: str, danger: bool) -> None:
    comparison = after(slip)
    assert change in [each.change for each in comparison.changes if each.name == name]
    assert comparison.verdict == verdict
    assert any(each.danger for each in comparison.changes) == danger


def changed(comparison: Comparison) -> set[tuple[str, str]]:
    """Return the name and the change of each resource that does not stay unchanged."""
    return {
        (change.name, change.change)
        for change in comparison.changes
        if change.about == "resource" and change.change != "unchanged"
    }


NEW_OPTION = put("Parameters/MakeKey", {"Type": "String", "Default": "no"})
ASKED = put("Conditions/Asked", {"Fn::Equals": [{"Ref": "MakeKey"}, "yes"]})
MADE = {"Fn::GetAtt": ["Key", "Arn"]}


# A property that moves behind Fn::If: the same value for everybody, or for whom another one.
MOVED: dict[str, tuple[Slip, set[tuple[str, str]]]] = {
    "behind an option that is off": (
        all_of(
            NEW_OPTION,
            ASKED,
            put("Resources/Key", KEY | {"Condition": "Asked"}),
            put(
                f"{VAULT}/EncryptionKeyArn",
                {
                    "Fn::If": [
                        "Asked",
                        MADE,
                        {"Fn::If": ["HasKey", {"Ref": "KeyArn"}, {"Ref": "AWS::NoValue"}]},
                    ]
                },
            ),
        ),
        {("Key", "added")},
    ),
    "behind an option that is on": (
        all_of(
            put("Parameters/MakeKey", {"Type": "String", "Default": "yes"}),
            ASKED,
            put("Resources/Key", KEY | {"Condition": "Asked"}),
            put(
                f"{VAULT}/EncryptionKeyArn",
                {"Fn::If": ["Asked", MADE, {"Ref": "AWS::NoValue"}]},
            ),
        ),
        {("Key", "added"), ("Vault", "replaced"), ("Plan", "updated in place")},
    ),
    "out of the condition that it stood behind": (
        put(f"{VAULT}/EncryptionKeyArn", {"Ref": "KeyArn"}),
        {("Vault", "replaced"), ("Plan", "updated in place")},
    ),
    "branches the other way round, condition negated": (
        all_of(
            put("Conditions/NoKey", {"Fn::Not": [{"Condition": "HasKey"}]}),
            put(
                f"{VAULT}/EncryptionKeyArn",
                {"Fn::If": ["NoKey", {"Ref": "AWS::NoValue"}, {"Ref": "KeyArn"}]},
            ),
        ),
        set(),
    ),
    "behind a condition that asks another one": (
        all_of(
            put("Conditions/NoKey", {"Fn::Not": [{"Condition": "HasKey"}]}),
            put(
                f"{VAULT}/EncryptionKeyArn",
                {"Fn::If": ["NoKey", {"Fn::Sub": "${Plan}"}, {"Ref": "KeyArn"}]},
            ),
        ),
        {("Vault", "replaced"), ("Plan", "updated in place")},
    ),
    "both branches the same": (
        put(
            f"{VAULT}/BackupVaultName",
            {
                "Fn::If": [
                    "Locked",
                    {"Fn::Sub": "Vault-${Cluster}"},
                    {"Fn::Sub": "Vault-${Cluster}"},
                ]
            },
        ),
        set(),
    ),
    "only one value of an option is another": (
        put(
            f"{RULE}/Lifecycle/DeleteAfterDays",
            {"Fn::If": ["Locked", 90, {"Ref": "Days"}]},
        ),
        {("Plan", "updated in place")},
    ),
}


@pytest.mark.parametrize(("slip", "expected"), MOVED.values(), ids=MOVED)
def test_a_property_moves_behind_a_condition(slip: Slip, expected: set[tuple[str, str]]) -> None:
    assert changed(after(slip)) == expected


def test_it_says_for_which_parameters() -> None:
    comparison = after(
        put(f"{RULE}/Lifecycle/DeleteAfterDays", {"Fn::If": ["Locked", 90, {"Ref": "Days"}]})
    )
    (plan,) = [change for change in comparison.changes if change.change == "updated in place"]
    assert plan.where in ({"Mode": "'soft'"}, {"Mode": "'hard'"})
    assert "DeleteAfterDays: ${Days} -> 90" in plan.text


# The same value, written otherwise: CloudFormation would see no change.
SAME: dict[str, Slip] = {
    "Join for Sub": put(
        f"{VAULT}/BackupVaultName", {"Fn::Join": ["-", ["Vault", {"Ref": "Cluster"}]]}
    ),
    "Sub with a map": put(
        f"{VAULT}/BackupVaultName", {"Fn::Sub": ["Vault-${C}", {"C": {"Ref": "Cluster"}}]}
    ),
    "Sub for Ref": put(f"{RULE}/TargetBackupVault", {"Fn::Sub": "${Vault}"}),
    "text for a number": put("Mappings/Locks/hard/days", "30"),
    "a list for GetAtt": put(
        "Resources/Selection/Properties/BackupSelection/IamRoleArn", {"Fn::GetAtt": ["Role", "Arn"]}
    ),
    "Select from Split": put(
        "Resources/Selection/Properties/BackupSelection/SelectionName",
        {"Fn::Select": [1, {"Fn::Split": ["/", "un/tagged"]}]},
    ),
    "a literal, now a default": all_of(
        put("Parameters/Name", {"Type": "String", "Default": "tagged"}),
        put("Resources/Selection/Properties/BackupSelection/SelectionName", {"Ref": "Name"}),
    ),
}


@pytest.mark.parametrize("slip", SAME.values(), ids=SAME)
def test_the_same_value_written_otherwise_changes_no_resource(slip: Slip) -> None:
    assert changed(after(slip)) == set()


def test_another_resource_of_the_same_type_is_no_new_name_of_the_old_one() -> None:
    other = {**old()["Resources"]["Vault"], "Properties": {"BackupVaultName": "other"}}
    comparison = after(
        all_of(
            drop("Resources/Vault"),
            put("Resources/Other", other),
            put(f"{RULE}/TargetBackupVault", "other"),
            put("Outputs/VaultName/Value", "other"),
            put("Outputs/VaultArn/Value", "other"),
        )
    )
    (vault,) = [change for change in comparison.changes if change.name == "Vault"]
    assert (vault.change, vault.danger) == ("retained", False)
    assert "logical id" not in vault.text


def test_a_new_default_reaches_the_stacks_of_a_parent_that_passes_nothing() -> None:
    comparison = after(put("Parameters/Days/Default", 35))
    (plan,) = [change for change in comparison.changes if change.name == "Plan"]
    assert (plan.change, plan.where) == ("updated in place", {"Days": "not passed by the parent"})
    assert "30 -> 35" in plan.text


def test_a_replacement_that_keeps_the_name_fails_on_the_name() -> None:
    made = {"Fn::GetAtt": ["Key", "Arn"]}
    comparison = after(all_of(put("Resources/Key", KEY), put(f"{VAULT}/EncryptionKeyArn", made)))
    (vault,) = [change for change in comparison.changes if change.name == "Vault"]
    assert "the update fails: the new one is created before" in vault.text


def test_a_replacement_under_another_name_does_not() -> None:
    comparison = after(put(f"{VAULT}/BackupVaultName", {"Fn::Sub": "Safe-${Cluster}"}))
    (vault,) = [change for change in comparison.changes if change.name == "Vault"]
    assert "the update fails" not in vault.text
    assert "recovery points stay in the old vault" in vault.text


def test_a_change_in_place_does_not_fail_on_the_name() -> None:
    comparison = after(put(f"{VAULT}/BackupVaultTags", {"a": "b"}))
    (vault,) = [change for change in comparison.changes if change.name == "Vault"]
    assert "the update fails" not in vault.text


@pytest.mark.parametrize(
    ("service", "danger"), [("backup.amazonaws.com", True), ("ec2.amazonaws.com", False)]
)
def test_a_role_of_aws_backup_is_stateful_even_if_nobody_keeps_it(
    service: str, danger: bool
) -> None:
    released = old()
    trust = {"Statement": [{"Principal": {"Service": service}}]}
    put(
        "Resources/Unkept",
        {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": trust}},
    )(released)
    comparison = compare_documents(released, old())
    (role,) = [change for change in comparison.changes if change.name == "Unkept"]
    assert (role.change, role.danger) == ("removed", danger)


def test_it_says_whether_a_new_resource_is_made_unasked() -> None:
    optional = put("Resources/Key", {**KEY, "Condition": "Asked"})
    told = {
        name: [change.text for change in after(slip).changes if change.name == "Key"]
        for name, slip in {
            "off": all_of(NEW_OPTION, ASKED, optional),
            "on": put("Resources/Key", KEY),
        }.items()
    }
    assert told == {"off": ["created only if a parameter asks for it"], "on": [""]}


def test_a_lost_key_is_said_to_lose_what_it_encrypts() -> None:
    kept_less = copy.deepcopy(old())
    put("Resources/Key", {"Type": "AWS::KMS::Key"})(kept_less)
    comparison = compare_documents(kept_less, old())
    (key,) = [change for change in comparison.changes if change.name == "Key"]
    assert (key.change, key.danger) == ("removed", True)
    assert "unreadable at once" in key.text


VERSIONS = {
    "1.2.3": (1, "minor", "1.3.0"),
    "1.2.9": (1, "minor", "1.3.0"),
    "1.3.0": (0, "minor", "1.3.0"),
    "2.0.0": (0, "minor", "1.3.0"),
    "next": (0, "minor", "1.3.0"),
}


@pytest.mark.parametrize(("version", "expected"), VERSIONS.items())
def test_the_version_is_high_enough_for_the_verdict(
    version: str, expected: tuple[int, str, str]
) -> None:
    failures, verdict, needed = expected
    stated = put("Outputs/TemplateVersion/Value", version)
    comparison = after(all_of(put("Parameters/Owner", {"Type": "String", "Default": ""}), stated))
    assert comparison.verdict == verdict
    assert comparison.needed_version == tuple(int(part) for part in needed.split("."))
    assert len(comparison.failures) == (1 if version == "next" else failures)


def test_an_older_version_fails_even_for_a_text() -> None:
    comparison = after(put("Outputs/TemplateVersion/Value", "1.2.2"))
    assert comparison.verdict == "patch"
    assert any("1.2.4 or later" in failure for failure in comparison.failures)


def test_another_version_alone_is_a_patch() -> None:
    comparison = after(put("Outputs/TemplateVersion/Value", "1.2.4"))
    assert (comparison.verdict, comparison.failures) == ("patch", [])


def test_templates_without_a_version_are_compared_all_the_same() -> None:
    text = OLD.replace("Version 1.2.3", "").replace("  TemplateVersion: {Value: 1.2.3}\n", "")
    one, other = parse("old", text), parse("new", text)
    put("Parameters/Owner", {"Type": "String", "Default": ""})(other.document)
    comparison = compare(one, other)
    assert (comparison.verdict, comparison.needed_version, comparison.failures) == (
        "minor",
        None,
        [],
    )


def test_our_own_template_changes_nothing_against_itself() -> None:
    text = templates_folder.generate()["Backup.template"]
    comparison = compare(parse("a", text), parse("b", text))
    assert (comparison.verdict, comparison.failures) == ("none", [])
    assert {change.change for change in comparison.changes} == {"unchanged"}


BROKEN: dict[str, tuple[Slip, str]] = {
    "no such condition": (put("Resources/Plan/Condition", "Gone"), ""),
    "a condition that asks for itself": (
        put("Conditions/HasKey", {"Fn::Not": [{"Condition": "HasKey"}]}),
        "condition 'HasKey' refers to itself",
    ),
    "half an If": (
        put(f"{VAULT}/EncryptionKeyArn", {"Fn::If": ["HasKey"]}),
        "Fn::If does not accept",
    ),
    "not a condition": (put("Conditions/HasKey", {"Fn::Sub": "yes"}), "is not a condition"),
}


@pytest.mark.parametrize(("slip", "said"), BROKEN.values(), ids=BROKEN)
def test_a_template_that_cannot_be_evaluated_is_one_sentence(slip: Slip, said: str) -> None:
    with pytest.raises(UnreadableError, match=r"^[^\n]+$") as caught:
        after(slip)
    assert said in str(caught.value)
