"""What an update does to a live stack: a table of pairs for each kind of change."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from generator import products, source
from generator.compare import Comparison, compare
from generator.interface import alternatives
from generator.source import UnreadableError

Template = dict[str, Any]
Slip = Callable[[Template], None]

OLD = """
Description: A vault and who fills it. Version 1.2.3
Parameters:
  Cluster: {Type: String, AllowedPattern: "^[a-z]+$", MinLength: 2, MaxLength: 10}
  KeyArn: {Type: String, Default: ""}
  Days: {Type: Number, Default: 30, MinValue: 1, MaxValue: 365, Description: Days to keep}
  Mode: {Type: String, Default: none, AllowedValues: [none, soft, hard]}
  Zones: {Type: CommaDelimitedList, Default: ""}
Rules:
  SoftNeedsKey:
    RuleCondition: !Equals [!Ref Mode, soft]
    Assertions:
      - Assert: !Not [!Equals [!Ref KeyArn, ""]]
        AssertDescription: give a key
Mappings:
  Locks: {soft: {days: 7}, hard: {days: 30}, none: {days: 0}}
Conditions:
  HasKey: !Not [!Equals [!Ref KeyArn, ""]]
  Locked: !Not [!Equals [!Ref Mode, none]]
Resources:
  Vault:
    Type: AWS::Backup::BackupVault
    DeletionPolicy: RetainExceptOnCreate
    UpdateReplacePolicy: Retain
    Properties:
      BackupVaultName: !Sub "Vault-${Cluster}"
      EncryptionKeyArn: !If [HasKey, !Ref KeyArn, !Ref AWS::NoValue]
      LockConfiguration:
        !If [Locked, {MinRetentionDays: !FindInMap [Locks, !Ref Mode, days]}, !Ref AWS::NoValue]
  Plan:
    Type: AWS::Backup::BackupPlan
    Properties:
      BackupPlan:
        BackupPlanName: !Sub "Backup-${Cluster}"
        BackupPlanRule:
          - RuleName: Daily
            TargetBackupVault: !Ref Vault
            Lifecycle: {DeleteAfterDays: !Ref Days}
  Selection:
    Type: AWS::Backup::BackupSelection
    Properties:
      BackupPlanId: !Ref Plan
      BackupSelection:
        SelectionName: tagged
        IamRoleArn: !GetAtt Role.Arn
  Role:
    Type: AWS::IAM::Role
    DeletionPolicy: Retain
    UpdateReplacePolicy: Retain
    Properties:
      Description: Backs up
      AssumeRolePolicyDocument: {Statement: [{Principal: {Service: backup.amazonaws.com}}]}
  Topic:
    Type: AWS::SNS::Topic
    Condition: Locked
    Properties: {DisplayName: !Join ["-", [Backup, !Ref Cluster]]}
  Alert:
    Type: AWS::Events::Rule
    Properties: {EventBusName: default, EventPattern: {source: [aws.backup]}}
Outputs:
  VaultName: {Value: !Ref Vault, Description: Name of the vault}
  VaultArn: {Value: !GetAtt Vault.BackupVaultArn}
  TemplateVersion: {Value: 1.2.3}
"""


def old() -> Template:
    return source.document("old", OLD)


def after(slip: Slip) -> Comparison:
    new = copy.deepcopy(old())
    slip(new)
    return compare(old(), new)


def put(path: str, value: Any) -> Slip:
    """Return the change that puts a value at a path; the parts are separated by slashes."""

    def slip(template: Template) -> None:
        *parents, last = path.split("/")
        node: Any = template
        for parent in parents:
            node = node[int(parent)] if isinstance(node, list) else node.setdefault(parent, {})
        node[last] = value

    return slip


def drop(path: str) -> Slip:
    def slip(template: Template) -> None:
        *parents, last = path.split("/")
        node: Any = template
        for parent in parents:
            node = node[int(parent)] if isinstance(node, list) else node[parent]
        del node[last]

    return slip


def rename(path: str, name: str) -> Slip:
    def slip(template: Template) -> None:
        *parents, last = path.split("/")
        node: Any = template
        for parent in parents:
            node = node[parent]
        node[name] = node.pop(last)

    return slip


def all_of(*slips: Slip) -> Slip:
    def slip(template: Template) -> None:
        for each in slips:
            each(template)

    return slip


VAULT = "Resources/Vault/Properties"
RULE = "Resources/Plan/Properties/BackupPlan/BackupPlanRule/0"
KEY = {"Type": "AWS::KMS::Key", "DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}

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
        "loses what keeps it",
        "major",
        True,
    ),
    "kept no longer when it is replaced": (
        put("Resources/Vault/UpdateReplacePolicy", "Delete"),
        "Vault",
        "loses what keeps it",
        "major",
        True,
    ),
    "kept as well": (
        put("Resources/Role/DeletionPolicy", "RetainExceptOnCreate"),
        "Role",
        "kept otherwise",
        "minor",
        False,
    ),
    "a lock that only some stacks have": (
        drop(f"{VAULT}/LockConfiguration"),
        "Vault",
        "loses what protects it",
        "major",
        True,
    ),
    "an order": (
        put("Resources/Plan/DependsOn", "Role"),
        "Plan",
        "DependsOn changed",
        "patch",
        False,
    ),
    "a value that a mapping gives": (
        put("Mappings/Locks/hard/days", 60),
        "Vault",
        "updated in place",
        "minor",
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
    found = after(slip)
    assert change in [each.change for each in found.changes if each.name == name]
    assert found.verdict == verdict
    assert any(each.danger for each in found.changes) == danger


def quiet(comparison: Comparison) -> set[tuple[str, str]]:
    """Return name and change of all resources that something happens to."""
    return {
        (change.name, change.change)
        for change in comparison.changes
        if change.about == "resource" and change.change != "nothing"
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
    assert quiet(after(slip)) == expected


def test_it_says_for_which_parameters() -> None:
    found = after(
        put(f"{RULE}/Lifecycle/DeleteAfterDays", {"Fn::If": ["Locked", 90, {"Ref": "Days"}]})
    )
    (plan,) = [change for change in found.changes if change.change == "updated in place"]
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
    assert quiet(after(slip)) == set()


CLUSTER = "Parameters/Cluster"
# What is done; parameter, rule, output or capability; what is said; verdict.
PARENT: dict[str, tuple[Slip, str, str, str]] = {
    "removed": (
        all_of(drop("Parameters/Days"), put(f"{RULE}/Lifecycle/DeleteAfterDays", 30)),
        "Days",
        "removed",
        "major",
    ),
    "renamed": (
        all_of(
            rename("Parameters/Days", "RetentionDays"),
            put(f"{RULE}/Lifecycle/DeleteAfterDays", {"Ref": "RetentionDays"}),
        ),
        "Days",
        "renamed",
        "major",
    ),
    "new, without a default": (
        put("Parameters/Owner", {"Type": "String"}),
        "Owner",
        "newly required",
        "major",
    ),
    "new, with a default": (
        put("Parameters/Owner", {"Type": "String", "Default": ""}),
        "Owner",
        "added",
        "minor",
    ),
    "a default less": (drop("Parameters/Days/Default"), "Days", "newly required", "major"),
    "a default more": (put(f"{CLUSTER}/Default", "soca"), "Cluster", "no longer required", "minor"),
    "another default": (put("Parameters/Days/Default", 35), "Days", "default changed", "minor"),
    "the same default as text": (put("Parameters/Days/Default", "30"), "", "", "none"),
    "another type": (put("Parameters/Days/Type", "String"), "Days", "narrowed", "major"),
    "a value less": (
        put("Parameters/Mode/AllowedValues", ["none", "soft"]),
        "Mode",
        "narrowed",
        "major",
    ),
    "a value more": (
        put("Parameters/Mode/AllowedValues", ["none", "soft", "hard", "full"]),
        "Mode",
        "widened",
        "minor",
    ),
    "values where all were allowed": (
        put("Parameters/KeyArn/AllowedValues", [""]),
        "KeyArn",
        "narrowed",
        "major",
    ),
    "a higher minimum": (put("Parameters/Days/MinValue", 2), "Days", "narrowed", "major"),
    "a lower maximum": (put("Parameters/Days/MaxValue", 364), "Days", "narrowed", "major"),
    "a lower minimum": (put("Parameters/Days/MinValue", 0), "Days", "widened", "minor"),
    "no maximum": (drop("Parameters/Days/MaxValue"), "Days", "widened", "minor"),
    "a longer minimum": (put(f"{CLUSTER}/MinLength", 3), "Cluster", "narrowed", "major"),
    "a maximum where there was none": (
        put("Parameters/KeyArn/MaxLength", 99),
        "KeyArn",
        "narrowed",
        "major",
    ),
    "a pattern where there was none": (
        put("Parameters/KeyArn/AllowedPattern", "^$|^arn:.*$"),
        "KeyArn",
        "narrowed",
        "major",
    ),
    "another pattern": (
        put(f"{CLUSTER}/AllowedPattern", "^[a-y]+$"),
        "Cluster",
        "narrowed",
        "major",
    ),
    "a pattern with one more alternative": (
        put(f"{CLUSTER}/AllowedPattern", "^[a-z]+$|^[A-Z|]+$"),
        "Cluster",
        "widened",
        "minor",
    ),
    "no pattern": (drop(f"{CLUSTER}/AllowedPattern"), "Cluster", "widened", "minor"),
    "a description": (
        put("Parameters/Days/Description", "How long"),
        "Days",
        "described otherwise",
        "patch",
    ),
    "a rule that refuses what stacks have": (
        put("Rules/Hard", {"Assertions": [{"Assert": {"Fn::Equals": [{"Ref": "Mode"}, "hard"]}}]}),
        "Hard",
        "added",
        "major",
    ),
    "a rule that refuses only what nobody has yet": (
        all_of(
            put("Parameters/Owner", {"Type": "String", "Default": ""}),
            put(
                "Rules/Owned",
                {
                    "RuleCondition": {"Fn::Equals": [{"Ref": "Owner"}, "root"]},
                    "Assertions": [{"Assert": {"Fn::Equals": [{"Ref": "Mode"}, "hard"]}}],
                },
            ),
        ),
        "Owned",
        "added",
        "minor",
    ),
    "a rule that another one made needless": (
        put(
            "Rules/SoftNeedsKeyToo",
            {
                "RuleCondition": {"Fn::Equals": ["soft", {"Ref": "Mode"}]},
                "Assertions": [{"Assert": {"Fn::Not": [{"Fn::Equals": ["", {"Ref": "KeyArn"}]}]}}],
            },
        ),
        "SoftNeedsKeyToo",
        "added",
        "minor",
    ),
    "a rule that cannot be evaluated here": (
        put("Rules/Some", {"Assertions": [{"Assert": {"Fn::Contains": [["a"], {"Ref": "Mode"}]}}]}),
        "Some",
        "added",
        "major",
    ),
    "a rule less": (drop("Rules/SoftNeedsKey"), "SoftNeedsKey", "removed", "minor"),
    "another rule": (
        put("Rules/SoftNeedsKey/RuleCondition", {"Fn::Equals": [{"Ref": "Mode"}, "hard"]}),
        "SoftNeedsKey",
        "changed",
        "major",
    ),
    "a rule's text": (
        put("Rules/SoftNeedsKey/Assertions/0/AssertDescription", "a key, please"),
        "SoftNeedsKey",
        "described otherwise",
        "patch",
    ),
    "an output less": (drop("Outputs/VaultArn"), "VaultArn", "removed", "major"),
    "an output by another name": (
        rename("Outputs/VaultArn", "ArnOfVault"),
        "VaultArn",
        "renamed",
        "major",
    ),
    "an output more": (put("Outputs/Plan", {"Value": {"Ref": "Plan"}}), "Plan", "added", "minor"),
    "an output that some stacks lack": (
        put("Outputs/VaultArn/Condition", "HasKey"),
        "VaultArn",
        "missing",
        "major",
    ),
    "another value": (
        put("Outputs/VaultArn/Value", {"Ref": "Vault"}),
        "VaultArn",
        "changed",
        "minor",
    ),
    "an export by another name": (
        put("Outputs/VaultArn/Export", {"Name": "vault"}),
        "VaultArn",
        "exported otherwise",
        "minor",
    ),
    "a role's own name": (
        put("Resources/Role/Properties/RoleName", "backup"),
        "CAPABILITY_NAMED_IAM",
        "newly needed",
        "major",
    ),
    "a macro": (
        put("Transform", "AWS::LanguageExtensions"),
        "CAPABILITY_AUTO_EXPAND",
        "newly needed",
        "major",
    ),
    "a type that the stack did not have": (
        put("Resources/Key", KEY),
        "AWS::KMS::Key",
        "new type",
        "minor",
    ),
    "a text of the template": (
        put("Metadata", {"Comment": "hello"}),
        "the rest",
        "written otherwise",
        "patch",
    ),
}


@pytest.mark.parametrize(("slip", "name", "change", "verdict"), PARENT.values(), ids=PARENT)
def test_what_the_parent_meets(slip: Slip, name: str, change: str, verdict: str) -> None:
    found = after(slip)
    assert found.verdict == verdict
    assert not any(each.danger for each in found.changes if each.about != "resource")
    told = [(each.name, each.change) for each in found.changes if each.about != "resource"]
    assert not name or (name, change) in told
    assert [each for each in told if each[0] == name and each[1] != change] == []


@pytest.mark.parametrize(
    ("pattern", "parts"),
    [
        ("^$|^a$", ["^$", "^a$"]),
        ("^(a|b)$|c", ["^(a|b)$", "c"]),
        ("((a|b)|c)|d", ["((a|b)|c)", "d"]),
        ("[(|]|b", ["[(|]", "b"]),
        (r"a\||\(|b", [r"a\|", r"\(", "b"]),
        (r"\\|b", [r"\\", "b"]),
    ],
)
def test_the_alternatives_of_a_pattern(pattern: str, parts: list[str]) -> None:
    assert alternatives(pattern) == parts


def test_another_resource_of_the_same_type_is_no_new_name_of_the_old_one() -> None:
    other = {**old()["Resources"]["Vault"], "Properties": {"BackupVaultName": "other"}}
    found = after(
        all_of(
            drop("Resources/Vault"),
            put("Resources/Other", other),
            put(f"{RULE}/TargetBackupVault", "other"),
            put("Outputs/VaultName/Value", "other"),
            put("Outputs/VaultArn/Value", "other"),
        )
    )
    (vault,) = [change for change in found.changes if change.name == "Vault"]
    assert (vault.change, vault.danger) == ("retained", False)
    assert "logical id" not in vault.text


def test_a_new_default_reaches_the_stacks_of_a_parent_that_passes_nothing() -> None:
    found = after(put("Parameters/Days/Default", 35))
    (plan,) = [change for change in found.changes if change.name == "Plan"]
    assert (plan.change, plan.where) == ("updated in place", {"Days": "not passed by the parent"})
    assert "30 -> 35" in plan.text


def test_a_replacement_that_keeps_the_name_fails_on_the_name() -> None:
    made = {"Fn::GetAtt": ["Key", "Arn"]}
    found = after(all_of(put("Resources/Key", KEY), put(f"{VAULT}/EncryptionKeyArn", made)))
    (vault,) = [change for change in found.changes if change.name == "Vault"]
    assert "under the same name: the update fails" in vault.text


def test_a_replacement_under_another_name_does_not() -> None:
    found = after(put(f"{VAULT}/BackupVaultName", {"Fn::Sub": "Safe-${Cluster}"}))
    (vault,) = [change for change in found.changes if change.name == "Vault"]
    assert "the update fails" not in vault.text
    assert "recovery points stay in the old vault" in vault.text


def test_a_change_in_place_does_not_fail_on_the_name() -> None:
    found = after(put(f"{VAULT}/BackupVaultTags", {"a": "b"}))
    (vault,) = [change for change in found.changes if change.name == "Vault"]
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
    found = compare(released, old())
    (role,) = [change for change in found.changes if change.name == "Unkept"]
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
    assert told == {"off": ["made only where a parameter asks for it"], "on": [""]}


def test_a_lost_key_is_said_to_lose_what_it_encrypts() -> None:
    kept_less = copy.deepcopy(old())
    put("Resources/Key", {"Type": "AWS::KMS::Key"})(kept_less)
    found = compare(kept_less, old())
    (key,) = [change for change in found.changes if change.name == "Key"]
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
    found = after(all_of(put("Parameters/Owner", {"Type": "String", "Default": ""}), stated))
    assert found.verdict == verdict
    assert found.needed_version == tuple(int(part) for part in needed.split("."))
    assert len(found.failures) == (1 if version == "next" else failures)


def test_an_older_version_fails_even_for_a_text() -> None:
    found = after(put("Outputs/TemplateVersion/Value", "1.2.2"))
    assert found.verdict == "patch"
    assert any("1.2.4 or later" in failure for failure in found.failures)


def test_another_version_alone_is_a_patch() -> None:
    found = after(put("Outputs/TemplateVersion/Value", "1.2.4"))
    assert (found.verdict, found.failures) == ("patch", [])


def test_templates_without_a_version_are_compared_all_the_same() -> None:
    text = OLD.replace("Version 1.2.3", "").replace("  TemplateVersion: {Value: 1.2.3}\n", "")
    one, other = source.document("old", text), source.document("new", text)
    put("Parameters/Owner", {"Type": "String", "Default": ""})(other)
    found = compare(one, other)
    assert (found.verdict, found.needed_version, found.failures) == ("minor", None, [])


def test_our_own_template_changes_nothing_against_itself() -> None:
    text = products.products()["Backup.template"]
    found = compare(source.document("a", text), source.document("b", text))
    assert (found.verdict, found.failures) == ("none", [])
    assert {change.change for change in found.changes} == {"nothing"}


BROKEN: dict[str, tuple[Slip, str]] = {
    "no such condition": (put("Resources/Plan/Condition", "Gone"), ""),
    "a condition that asks for itself": (
        put("Conditions/HasKey", {"Fn::Not": [{"Condition": "HasKey"}]}),
        "condition 'HasKey' asks for itself",
    ),
    "half an If": (put(f"{VAULT}/EncryptionKeyArn", {"Fn::If": ["HasKey"]}), "Fn::If cannot be"),
    "no such mapping": (put("Mappings", {}), ""),
    "not a condition": (put("Conditions/HasKey", {"Fn::Sub": "yes"}), "is not a condition"),
}


@pytest.mark.parametrize(("slip", "said"), BROKEN.values(), ids=BROKEN)
def test_a_template_that_cannot_be_evaluated_is_one_sentence(slip: Slip, said: str) -> None:
    with pytest.raises(UnreadableError, match=r"^[^\n]+$") as caught:
        after(slip)
    assert said in str(caught.value)
