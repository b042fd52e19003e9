"""What an update of the template means for the parent that nests it."""

import pytest

from generator.compare.parameter_changes import alternatives
from tests.support.compared import KEY, RULE, Slip, after, all_of, drop, put, rename

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
        "description changed",
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
        "description changed",
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
        "export changed",
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
        "changed",
        "patch",
    ),
}


@pytest.mark.parametrize(("slip", "name", "change", "verdict"), PARENT.values(), ids=PARENT)
def test_what_the_parent_meets(slip: Slip, name: str, change: str, verdict: str) -> None:
    comparison = after(slip)
    assert comparison.verdict == verdict
    assert not any(each.danger for each in comparison.changes if each.about != "resource")
    told = [(each.name, each.change) for each in comparison.changes if each.about != "resource"]
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
