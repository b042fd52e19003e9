"""Maps that have more or less than before, and look-ups that find nothing."""

import pytest

from generator.cloudformation.read import parse
from generator.compare.comparison import Comparison, compare

PLAN = """
Parameters:
  Size: {{Type: String{allowed}, Default: small}}
Mappings:
  Sizes: {{small: {{Days: 7}}{rows}}}
Conditions:
  Large: !Equals [!Ref Size, large]
Resources:
  Plan:
    Type: AWS::Backup::BackupPlan
    Properties:
      BackupPlan:
        BackupPlanName: nightly
        BackupPlanRule:
          - RuleName: {name}
            TargetBackupVault: Default
            Lifecycle: {{DeleteAfterDays: {days}}}
"""
DAYS = "!FindInMap [Sizes, !Ref Size, Days]"
LINE = 17
"""Where the look-up stands."""


def plan(values: str = "", rows: str = "", days: str = DAYS, name: str = "nightly") -> str:
    """Return a template whose parameter allows these values, any without."""
    allowed = f", AllowedValues: [{values}]" if values else ""
    return PLAN.format(allowed=allowed, rows=rows, days=days, name=name)


def machine(rows: str, first: str = "AWS::Region", device: str = "xvda") -> str:
    """Return a template with a map of images, looked up by a pseudo parameter."""
    return f"""
Mappings:
  Places: {{us-east-1: {{Image: ami-1}}, aws: {{Image: ami-0}}{rows}}}
Resources:
  Machine:
    Type: AWS::EC2::Instance
    Properties:
      ImageId: !FindInMap [Places, !Ref "{first}", Image]
      KeyName: {device}
"""


IMAGE = 'Outputs: {Image: {Value: !FindInMap [Places, !Ref "AWS::Region", Image]}}'
LARGE = ", large: {Days: 70}"
ASIA = ", ap-south-1: {Image: ami-3}"
Told = set[tuple[str, str]]
NARROWED, WIDENED = ("Size", "narrowed"), ("Size", "widened")
FAILS = (f"new:{LINE}", "look-up fails")

# Old, new -> changes and verdict; the resource that stays as it is is left out.
PAIRS: dict[str, tuple[str, str, Told, str]] = {
    "a row for another region": (
        machine(""),
        machine(ASIA),
        {("Places", "widened")},
        "minor",
    ),
    "a row for another partition": (
        machine("", "AWS::Partition"),
        machine(", aws-cn: {Image: ami-4}", "AWS::Partition"),
        {("Places", "widened")},
        "minor",
    ),
    "a region less": (machine(ASIA), machine(""), {("Places", "narrowed")}, "major"),
    "the value of a region": (
        machine(ASIA),
        machine(ASIA.replace("3", "5")),
        {("Machine", "replaced")},
        "major",
    ),
    "the value of a region, and a region more": (
        machine("").replace("ami-1", "ami-9"),
        machine(ASIA),
        {("Machine", "replaced"), ("Places", "widened")},
        "major",
    ),
    "another property beside a region more": (
        machine(""),
        machine(ASIA, device="sda"),
        {("Machine", "replaced"), ("Places", "widened")},
        "major",
    ),
    "a row for another region, of an output": (
        machine("") + IMAGE,
        machine(ASIA) + IMAGE,
        {("Places", "widened")},
        "minor",
    ),
    "a value with its row": (plan("small"), plan("small, large", LARGE), {WIDENED}, "minor"),
    "a value less, with its row": (
        plan("small, large", LARGE),
        plan("small"),
        {NARROWED},
        "major",
    ),
    "a row less, without its value": (
        plan("small, large", LARGE),
        plan("small, large"),
        {FAILS},
        "major",
    ),
    "a row less, of a parameter that takes any text": (
        plan("", LARGE),
        plan(),
        {("Sizes", "narrowed")},
        "major",
    ),
    "a row more, of a parameter that takes any text": (
        plan(),
        plan("", LARGE),
        {("Sizes", "widened")},
        "minor",
    ),
    "a value without its row": (plan("small"), plan("small, large"), {WIDENED, FAILS}, "minor"),
    "a row that comes too late": (
        plan("small, large"),
        plan("small, large", LARGE),
        {(f"old:{LINE}", "look-up fails"), ("Sizes", "widened")},
        "minor",
    ),
    "a value without its row in both": (
        plan("small, large"),
        plan("small, large"),
        {FAILS, (f"old:{LINE}", "look-up fails")},
        "none",
    ),
    "another property beside a look-up that fails in both": (
        plan("small, large"),
        plan("small, large", name="hourly"),
        {FAILS, (f"old:{LINE}", "look-up fails"), ("Plan", "updated in place")},
        "minor",
    ),
    "a row that nobody looks up": (
        plan(days="7"),
        plan(rows=LARGE, days="7"),
        {("the rest", "changed")},
        "patch",
    ),
    "a map that is not there": (
        plan(),
        plan(days="!FindInMap [Size, small, Days]"),
        {FAILS},
        "major",
    ),
    "a column that is not there": (
        plan(),
        plan(days="!FindInMap [Sizes, small, Hours]"),
        {FAILS},
        "major",
    ),
    "a list that is too short": (plan(), plan(days='!Select [2, ["1", "2"]]'), {FAILS}, "major"),
    "a value that was written out": (
        plan(days="7"),
        plan(days="!Select [2, [7]]"),
        {FAILS},
        "major",
    ),
    "a branch that is not taken": (
        plan("small, large"),
        plan("small, large", days=f"!If [Large, 70, {DAYS}]"),
        {(f"old:{LINE}", "look-up fails"), ("Sizes", "widened")},
        "minor",
    ),
    "a map that an include writes": (
        plan("small, large", ", Fn::Transform: {Name: AWS::Include}"),
        plan("small, large", ", Fn::Transform: {Name: AWS::Include}", name="hourly"),
        {("Plan", "updated in place")},
        "minor",
    ),
}


def compared(old: str, new: str) -> Comparison:
    return compare(parse("old", old), parse("new", new))


@pytest.mark.parametrize(("old", "new", "told", "verdict"), PAIRS.values(), ids=PAIRS)
def test_a_change_of_a_map(old: str, new: str, told: Told, verdict: str) -> None:
    comparison = compared(old, new)
    changes = [each for each in comparison.changes if each.change != "unchanged"]
    assert {(each.name, each.change) for each in changes} == told
    assert comparison.verdict == verdict
    assert bool(comparison.failures) is (FAILS in told)


def test_what_it_says_of_a_value_that_a_map_does_not_have() -> None:
    (failure,) = compared(plan("small"), plan("small, large")).failures
    assert failure == (
        f"new:{LINE}: look-up fails if Size is 'large': Mappings.Sizes has no 'large': no stack "
        "can have this value: correct the template"
    )


def test_it_says_where_the_look_up_is_and_names_each_map_once() -> None:
    rows = ", eu-west-1: {Image: ami-5, Other: b}" + ASIA
    (change,) = [
        each for each in compared(machine(rows), machine("")).changes if each.about == "mapping"
    ]
    assert change.text.startswith(
        "Mappings.Places has no 'ap-south-1'; Mappings.Places has no 'eu-west-1' any more"
    )


REFUSING = """
Rules:
  NoLarge:
    Assertions: [{Assert: !Not [!Equals [!Ref Size, large]]}]
"""


def test_a_value_that_a_rule_refuses_needs_no_row() -> None:
    both = plan("small, large") + REFUSING
    assert compared(both, both).failures == []
    unknown = REFUSING.replace("!Not [!Equals [!Ref Size, large]]", "!ValueOf [Size, x]")
    both = plan("small, large") + unknown
    assert compared(both, both).failures == []
