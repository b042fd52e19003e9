"""What templates are declared with gets into them, once, and never silently."""

import pytest
from troposphere import Equals, NoValue, Parameter, Ref, Template, encode_to_dict

from generator.stacks.declarations import Flag, Input, Refusal


def _input(title: str = "Days", group: str = "Time") -> Input:
    return Input(title, group=group, label="Keep for (days)", Type="Number", Default=30)


def test_an_input_is_a_parameter_with_its_place_in_the_console() -> None:
    made = Template()
    _input().declare_in(made)
    _input("Hours").declare_in(made)
    _input("Name", "Cluster").declare_in(made)
    document = made.to_dict()
    assert document["Parameters"]["Days"] == {"Type": "Number", "Default": 30}
    interface = document["Metadata"]["AWS::CloudFormation::Interface"]
    assert encode_to_dict(interface["ParameterGroups"]) == [
        {"Label": {"default": "Time"}, "Parameters": ["Days", "Hours"]},
        {"Label": {"default": "Cluster"}, "Parameters": ["Name"]},
    ]
    assert interface["ParameterLabels"]["Days"] == {"default": "Keep for (days)"}


def test_an_input_is_declared_once() -> None:
    made = Template()
    _input().declare_in(made)
    with pytest.raises(ValueError, match="Days"):
        _input().declare_in(made)


def test_an_input_takes_cloudformations_properties_only() -> None:
    with pytest.raises(AttributeError, match="Defautl"):
        Input("Days", group="Time", label="Days", Type="Number", Defautl=30)


def test_a_flag_is_named_once_and_chooses() -> None:
    days = Parameter("Days", Type="Number")
    flag = Flag("Keeps", Equals(Ref(days), "0"))
    made = Template()
    flag.declare_in(made)
    assert encode_to_dict(made.conditions) == {"Keeps": {"Fn::Equals": [{"Ref": "Days"}, "0"]}}
    nothing = encode_to_dict(NoValue)
    assert encode_to_dict(flag.then("yes")) == {"Fn::If": ["Keeps", "yes", nothing]}
    assert encode_to_dict(flag.then("yes", "no")) == {"Fn::If": ["Keeps", "yes", "no"]}


def test_a_flag_that_is_declared_twice_is_refused_by_its_name() -> None:
    """Otherwise troposphere replaces the first one silently."""
    made = Template()
    Flag("Keeps", Equals("a", "b")).declare_in(made)
    with pytest.raises(ValueError, match="'Keeps' is declared twice"):
        Flag("Keeps", Equals("a", "c")).declare_in(made)


def test_a_refusal_is_a_rule_with_its_reason() -> None:
    made = Template()
    Refusal(
        "NotBoth", when=Equals("a", "b"), demand=Equals("c", "d"), otherwise="choose one"
    ).declare_in(made)
    assert encode_to_dict(made.to_dict()["Rules"]) == {
        "NotBoth": {
            "RuleCondition": {"Fn::Equals": ["a", "b"]},
            "Assertions": [
                {"Assert": {"Fn::Equals": ["c", "d"]}, "AssertDescription": "choose one"}
            ],
        }
    }


def test_a_refusal_is_declared_once() -> None:
    made = Template()
    Refusal("A", when=Equals("a", "b"), demand=Equals("c", "d"), otherwise="x").declare_in(made)
    with pytest.raises(ValueError, match="A"):
        Refusal("A", when=Equals("a", "b"), demand=Equals("c", "e"), otherwise="y").declare_in(made)
