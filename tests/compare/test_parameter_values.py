"""Which parameter values of live stacks are looked at."""

from typing import Any

import pytest

from generator.compare.parameter_values import allows, assignments

Template = dict[str, Any]


def template(parameters: Template, conditions: Template | None = None) -> Template:
    return {"Parameters": parameters, "Conditions": conditions or {}, "Resources": {}}


def equals(name: str, value: Any) -> Template:
    return {"Fn::Equals": [{"Ref": name}, value]}


def if_(condition: str) -> Template:
    return {"Fn::If": [condition, "a", "b"]}


TEXT = {"Type": "String", "Default": ""}
REQUIRED = {"Type": "String"}
REF: Template = {"Ref": "P"}

# Parameter before and after, what a condition compares it with -> its values, old and new.
CHOICES: dict[str, tuple[Template | None, Template | None, Any, list[tuple[Any, Any]]]] = {
    "nothing decides": (TEXT, TEXT, None, []),
    "compared with its default": (TEXT, TEXT, "", [("", ""), (REF, REF)]),
    "compared with something else": (TEXT, TEXT, "x", [("", ""), ("x", "x"), (REF, REF)]),
    "required": (REQUIRED, REQUIRED, "x", [(REF, REF), ("x", "x")]),
    "a list of values": (
        {"Type": "String", "Default": "b", "AllowedValues": ["a", "b"]},
        {"Type": "String", "Default": "b", "AllowedValues": ["b"]},
        "b",
        [("b", "b"), ("a", "a")],
    ),
    "a value that no stack can have": (
        {**TEXT, "AllowedPattern": "[a-z]*"},
        TEXT,
        "X",
        [("", ""), (REF, REF)],
    ),
    "another default": (TEXT, {**TEXT, "Default": "x"}, None, [("", ""), (REF, REF), ("", "x")]),
    "new": (None, TEXT, "", [(None, "")]),
    "new and required": (None, REQUIRED, "", []),
    "gone": (TEXT, None, None, [("", ""), (REF, REF)]),
}


@pytest.mark.parametrize(("old", "new", "compared", "expected"), CHOICES.values(), ids=CHOICES)
def test_the_values_of_a_parameter(
    old: Template | None, new: Template | None, compared: Any, expected: list[tuple[Any, Any]]
) -> None:
    conditions = {} if compared is None else {"C": equals("P", compared)}
    sides = [template({"P": each} if each else {}, conditions) for each in (old, new)]
    node = {"A": REF, "B": if_("C")} if conditions else REF
    found = assignments(sides[0], sides[1], node)
    assert [(each.old["P"], each.new["P"]) for each in found if "P" in each.choices] == expected


def test_the_ordinary_stack_comes_first_and_has_nothing_to_say() -> None:
    same = template(
        {"P": TEXT, "Q": REQUIRED}, {"C": {"Fn::And": [equals("P", "x"), equals("Q", "y")]}}
    )
    first, *others = assignments(same, same, if_("C"))
    assert first.where == {}
    assert {"P": "'x'", "Q": "'y'"} in [each.where for each in others]
    assert len(others) == 5


def test_two_parameters_that_are_compared_may_be_the_same() -> None:
    same = template({"P": REQUIRED, "Q": REQUIRED}, {"C": equals("P", {"Ref": "Q"})})
    assert {"P": "the value of Q"} in [each.where for each in assignments(same, same, if_("C"))]


def test_the_partition_is_a_parameter_too() -> None:
    same = template({}, {"C": equals("AWS::Partition", "aws-cn")})
    found = assignments(same, same, if_("C"))
    assert [each.where for each in found] == [{}, {"AWS::Partition": "'aws-cn'"}]


def test_a_mapping_is_looked_up_with_each_of_its_keys() -> None:
    same = template({"P": TEXT}) | {"Mappings": {"M": {"x": {"k": 1}, "y": {"k": 2}}}}
    found = assignments(same, same, {"Fn::FindInMap": ["M", REF, "k"]})
    assert {"x", "y"} <= {str(each.old["P"]) for each in found}


def test_of_very_many_options_each_pair_is_looked_at() -> None:
    names = [f"P{number}" for number in range(12)]
    conditions = {f"C{name}": equals(name, "") for name in names}
    same = template(dict.fromkeys(names, TEXT), conditions)
    found = assignments(same, same, [if_(f"C{name}") for name in names])
    wheres = [set(each.where) for each in found]
    assert len(found) == 1 + 12 + 12 * 11 / 2
    assert wheres[0] == set()
    assert all({one, other} in wheres for one in names for other in names if one != other)
    assert all(set(each.choices) == set(names) for each in found)


LIMITS: list[tuple[Template, str, bool]] = [
    ({"AllowedValues": ["a", 1]}, "1", True),
    ({"AllowedValues": ["a", 1]}, "b", False),
    ({"AllowedPattern": "[a-z]+"}, "abc", True),
    ({"AllowedPattern": "[a-z]+"}, "abc1", False),
    ({"AllowedPattern": r"\p{Alpha}+"}, "abc", True),
    ({"MinLength": 2, "MaxLength": "3"}, "ab", True),
    ({"MinLength": 2, "MaxLength": "3"}, "a", False),
    ({"MinLength": 2, "MaxLength": "3"}, "abcd", False),
    ({"Type": "Number", "MinValue": 2, "MaxValue": 30}, "2", True),
    ({"Type": "Number", "MinValue": 2, "MaxValue": 30}, "1", False),
    ({"Type": "Number", "MinValue": 2, "MaxValue": 30}, "31", False),
    ({"Type": "Number"}, "many", False),
    ({"Type": "CommaDelimitedList", "AllowedPattern": "[a-z]"}, "a,b", True),
    ({"Type": "CommaDelimitedList", "AllowedPattern": "[a-z]"}, "a,B", False),
]


@pytest.mark.parametrize(("parameter", "value", "allowed"), LIMITS)
def test_what_a_parameter_allows(parameter: Template, value: str, allowed: bool) -> None:
    assert allows({"Type": "String", **parameter}, value) == allowed
