"""Options in few sets, of which each two that a stack may have at once are in one."""

from itertools import combinations

import pytest

from generator.cloudformation.read import Template, parse
from generator.compare import options_together
from generator.compare.options_together import together
from generator.compare.parameter_values import around

TEXT = """
Parameters:
  A: {Type: String, Default: "no", AllowedValues: ["no", "yes"]}
  B: {Type: String, Default: "no", AllowedValues: ["no", "yes"]}
  Given: {Type: String, Default: ""}
  Mode: {Type: String, Default: none, AllowedValues: [none, soft, hard]}
Conditions:
  HasA: !Equals [!Ref A, "yes"]
  HasB: !Equals [!Ref B, "yes"]
  Ours: !Equals [!Ref Given, ""]
  Soft: !And [!Condition Ours, !Equals [!Ref Mode, soft]]
  Hard: !And [!Condition Ours, !Equals [!Ref Mode, hard]]
Resources:
  Q: {Type: AWS::SQS::Queue, Properties: {QueueName: [
    !If [HasA, 1, 2], !If [HasB, 1, 2], !If [Ours, 1, 2], !If [Soft, 1, 2], !If [Hard, 1, 2]]}}
"""


def sets_of(template: Template) -> list[set[str]]:
    options = around(template, template, *template.resources.values())
    return [
        {" ".join(f"{name}={value}" for name, value in option.where.items()) for option in row}
        for row in together(template, template, options)
    ]


def test_each_two_that_a_stack_may_have_are_in_one_set() -> None:
    found = sets_of(parse("x", TEXT))
    pairs = {frozenset(pair) for row in found for pair in combinations(sorted(row), 2)}
    a, b, given = "A='yes'", "B='yes'", "Given=given"
    soft, hard = "Mode='soft'", "Mode='hard'"
    # Mode has one value, and means nothing if something is given.
    assert pairs == {
        frozenset(pair)
        for pair in combinations([a, b, given, soft, hard], 2)
        if pair not in ((soft, hard), (given, soft), (given, hard))
    }
    assert len(found) == 3


def test_the_search_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(options_together, "_MOST_WORK", 12)
    assert len(sets_of(parse("x", TEXT))) < 3
