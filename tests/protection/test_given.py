"""Which parameter values are refused, in which words, and which a stack has."""

import pytest

from generator.cloudformation.read import parse
from generator.protection.given import RefusedError, values_of
from tests.support.generated import text

TEMPLATE = """\
Parameters:
  Size: {Type: Number, MinValue: 2, Default: 3, ConstraintDescription: Type a number from 2}
  Name: {Type: String}
  Secret: {Type: String, NoEcho: true, AllowedPattern: a+, Default: a}
  Id: {Type: AWS::EC2::VPC::Id, Default: vpc-1}
Rules:
  NotTogether:
    Assertions:
      - Assert: !Not [!And [!Equals [!Ref Size, 7], !Equals [!Ref Name, seven]]]
        AssertDescription: Seven cannot be seven
  AsksAws:
    Assertions: [{Assert: !Contains [!ValueOfAll [AWS::EC2::VPC::Id, Tags.Owner], x]}]
  AsksTheRegion:
    Assertions: [{Assert: !Equals [!Ref AWS::Region, eu-west-1]}]
Resources: {A: {Type: AWS::SNS::Topic}}
"""


def test_defaults_stand_in_and_what_has_none_is_missing() -> None:
    values = values_of(parse("t", TEMPLATE), {"Size": "4"})
    assert values == {"Size": "4", "Secret": "a", "Id": "vpc-1"}


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"Size": "1"}, "t refuses Size: '1' is less than 2. Type a number from 2"),
        ({"Secret": "hunter2"}, "t refuses Secret: its value does not match a+."),
        ({"Sise": "5"}, "t has no parameter 'Sise'; did you mean Size?"),
        ({"Zzz": "5"}, "t has no parameter 'Zzz'"),
        (
            {"Size": "7", "Name": "seven"},
            "t refuses these values: Seven cannot be seven (rule NotTogether)",
        ),
    ],
)
def test_what_cloudformation_would_refuse_is_refused(given: dict[str, str], sentence: str) -> None:
    with pytest.raises(RefusedError) as refused:
        values_of(parse("t", TEMPLATE), given)
    assert str(refused.value) == sentence


def test_a_rule_about_an_unknown_value_refuses_nothing() -> None:
    assert "Name" not in values_of(parse("t", TEMPLATE), {"Size": "7"})


def test_ours_asks_for_a_confirmation() -> None:
    with pytest.raises(RefusedError, match="type permanent into VaultLockConfirmation"):
        values_of(parse("t", text()), {"ClusterId": "ab", "VaultLock": "compliance"})
