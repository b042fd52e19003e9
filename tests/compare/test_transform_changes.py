"""What a macro makes is unknown, so the worse counts; a loop is compared copy by copy."""

import pytest

from generator.cloudformation.read import parse
from generator.compare.comparison import Comparison, compare

SAM = """
Transform: AWS::Serverless-2016-10-31
Globals: {Function: {Timeout: 3}}
Resources:
  Table: {Type: AWS::Serverless::SimpleTable, Properties: {TableName: orders}}
  Function: {Type: AWS::Serverless::Function, Properties: {FunctionName: one, Handler: a.b}}
  Topic: {Type: AWS::SNS::Topic, Properties: {DisplayName: one}}
"""
INCLUDE = """
Mappings: {Fn::Transform: {Name: AWS::Include, Parameters: {Location: s3://b/maps}}}
Resources:
  Fn::Transform: {Name: AWS::Include, Parameters: {Location: s3://b/resources}}
  Whole: {Fn::Transform: {Name: AWS::Include, Parameters: {Location: s3://b/whole}}}
  Vault:
    Type: AWS::Backup::BackupVault
    Properties:
      BackupVaultTags: {a: b}
      Fn::Transform: {Name: AWS::Include, Parameters: {Location: s3://b/vault}}
  Plan:
    Type: AWS::Backup::BackupPlan
    Properties:
      BackupPlan:
        BackupPlanName: x
        Fn::Transform: {Name: AWS::Include, Parameters: {Location: s3://b/plan}}
"""
LOOP = """
Transform: AWS::LanguageExtensions
Parameters: {Names: {Type: CommaDelimitedList, Default: "a,b"}, Others: {Type: CommaDelimitedList}}
Resources:
  Fn::ForEach::Vaults:
    - Name
    - [a, b]
    - Vault${Name}:
        Type: AWS::Backup::BackupVault
        Properties: {BackupVaultName: !Ref Name, BackupVaultTags: {all: one}}
"""
OVER_A_PARAMETER = LOOP.replace("[a, b]", "!Ref Names")
MACRO = """
Description: One
Transform: Mine
Resources:
  Topic: {Type: AWS::SNS::Topic, Properties: {DisplayName: one}}
"""
Told = set[tuple[str, str]]

# A template, what is replaced in it by what -> changes, verdict, whether data is in danger.
PAIRS: dict[str, tuple[str, tuple[str, str], Told, str, bool]] = {
    "a table of SAM": (SAM, ("orders", "orders2"), {("Table", "may be replaced")}, "major", True),
    "a function of SAM": (
        SAM,
        ("FunctionName: one", "FunctionName: two"),
        {("Function", "may be replaced")},
        "major",
        False,
    ),
    "a module, which may be anything": (
        SAM.replace("AWS::SNS::Topic", "My::Own::Topic::MODULE"),
        ("DisplayName: one", "DisplayName: two"),
        {("Topic", "may be replaced")},
        "major",
        True,
    ),
    "what SAM leaves as it is": (
        SAM,
        ("DisplayName: one", "DisplayName: two"),
        {("Topic", "updated in place")},
        "minor",
        False,
    ),
    "globals": (SAM, ("Timeout: 3", "Timeout: 9"), {("Globals", "changed")}, "major", False),
    "globals that go": (
        SAM,
        ("Globals: {Function: {Timeout: 3}}", ""),
        {("Globals", "removed")},
        "major",
        False,
    ),
    "another macro": (
        SAM,
        ("Transform: AWS::Serverless-2016-10-31", "Transform: [AWS::Serverless-2016-10-31, Mine]"),
        {("Transform", "changed")},
        "major",
        False,
    ),
    "the same macro, as a list": (
        SAM,
        ("Transform: AWS::Serverless-2016-10-31", "Transform: [AWS::Serverless-2016-10-31]"),
        {("the rest", "changed")},
        "patch",
        False,
    ),
    "an include of maps": (
        INCLUDE,
        ("b/maps", "b/maps2"),
        {("Mappings.Fn::Transform", "changed")},
        "major",
        False,
    ),
    "an include of resources": (
        INCLUDE,
        ("b/resources", "b/resources2"),
        {("Resources.Fn::Transform", "changed")},
        "major",
        False,
    ),
    "an include of a resource": (
        INCLUDE,
        ("b/whole", "b/whole2"),
        {("Whole", "may be replaced"), ("Resources.Whole.Fn::Transform", "changed")},
        "major",
        True,
    ),
    "an include of properties that may be fixed": (
        INCLUDE,
        ("b/vault", "b/vault2"),
        {("Vault", "may be replaced"), ("Resources.Vault.Properties.Fn::Transform", "changed")},
        "major",
        True,
    ),
    "an include of properties of which none is fixed": (
        INCLUDE,
        ("b/plan", "b/plan2"),
        {
            ("Plan", "updated in place"),
            ("Resources.Plan.Properties.BackupPlan.Fn::Transform", "changed"),
        },
        "major",
        False,
    ),
    "beside an include": (
        INCLUDE,
        ("{a: b}", "{a: c}"),
        {("Vault", "updated in place")},
        "minor",
        False,
    ),
    "a property in a loop": (
        LOOP,
        ("{all: one}", "{all: two}"),
        {("Vaulta", "updated in place"), ("Vaultb", "updated in place")},
        "minor",
        False,
    ),
    "an item less": (LOOP, ("[a, b]", "[a]"), {("Vaultb", "removed")}, "major", True),
    "an item more": (LOOP, ("[a, b]", "[a, b, c]"), {("Vaultc", "added")}, "minor", False),
    "the name of the loop": (
        LOOP,
        ("::Vaults", "::Safes"),
        {("the rest", "changed")},
        "patch",
        False,
    ),
    "a property in a loop over a parameter": (
        OVER_A_PARAMETER,
        ("BackupVaultName: !Ref Name", "BackupVaultName: !Sub '${Name}-2'"),
        {("Vault${Name}", "replaced")},
        "major",
        True,
    ),
    "another parameter to loop over": (
        OVER_A_PARAMETER.replace("BackupVaultName: !Ref Name, ", ""),
        ("!Ref Names", "!Ref Others"),
        {("Resources.Fn::ForEach::Vaults", "changed")},
        "major",
        False,
    ),
    "another default to loop over": (
        OVER_A_PARAMETER.replace("BackupVaultName: !Ref Name, ", ""),
        ("a,b", "a"),
        {("Resources.Fn::ForEach::Vaults", "changed"), ("Names", "default changed")},
        "major",
        False,
    ),
    "what somebody's macro reads": (
        MACRO,
        ("DisplayName: one", "DisplayName: two"),
        {("Topic", "may be replaced")},
        "major",
        False,
    ),
    "any text beside somebody's macro": (
        MACRO,
        ("Description: One", "Description: Two"),
        {("the rest", "changed")},
        "major",
        False,
    ),
}


def told(comparison: Comparison) -> Told:
    return {(each.name, each.change) for each in comparison.changes if each.change != "unchanged"}


@pytest.mark.parametrize(
    ("text", "swap", "changes", "verdict", "danger"), PAIRS.values(), ids=PAIRS
)
def test_a_change_beside_a_macro(
    text: str, swap: tuple[str, str], changes: Told, verdict: str, danger: bool
) -> None:
    assert swap[0] in text
    comparison = compare(parse("old", text), parse("new", text.replace(*swap)))
    assert told(comparison) == changes
    assert comparison.verdict == verdict
    assert any(each.danger for each in comparison.changes) is danger


@pytest.mark.parametrize("text", [SAM, INCLUDE, LOOP, OVER_A_PARAMETER, MACRO])
def test_the_same_template_changes_nothing(text: str) -> None:
    comparison = compare(parse("old", text), parse("new", text))
    assert (told(comparison), comparison.verdict) == (set(), "none")


def test_an_include_of_resources_needs_a_capability() -> None:
    topic = "Resources: {Topic: {Type: AWS::SNS::Topic}"
    include = ", Fn::Transform: {Name: AWS::Include}"
    comparison = compare(parse("old", f"{topic}}}"), parse("new", f"{topic}{include}}}"))
    assert told(comparison) == {
        ("CAPABILITY_AUTO_EXPAND", "newly needed"),
        ("Resources.Fn::Transform", "added"),
    }


KEPT = "!If [Asked, Retain, Delete]"


@pytest.mark.parametrize(
    ("was", "is_now", "change", "lost"),
    [
        (KEPT, "Delete", "no longer kept", True),
        (KEPT, "Retain", "DeletionPolicy changed", False),
        ("Retain", KEPT, "no longer kept", True),
        ("Delete", KEPT, "DeletionPolicy changed", False),
    ],
)
def test_a_function_says_what_is_kept(was: str, is_now: str, change: str, lost: bool) -> None:
    text = """
Transform: AWS::LanguageExtensions
Conditions: {Asked: !Equals [!Ref AWS::Region, eu-west-1]}
Resources: {Topic: {Type: AWS::SNS::Topic, DeletionPolicy: POLICY}}
"""
    old, new = (parse("it", text.replace("POLICY", policy)) for policy in (was, is_now))
    comparison = compare(old, new)
    (found,) = [each for each in comparison.changes if each.change != "unchanged"]
    assert found.change == change
    sentence = "Topic (AWS::SNS::Topic) no longer outlives the stack"
    assert [loss.sentence for loss in comparison.losses] == [sentence] * lost
