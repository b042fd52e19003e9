"""Templates resolve as CloudFormation's documentation says, and what is unknown is refused."""

import json
from typing import Any

import pytest
from cfn_flip import to_json  # a dependency of troposphere

from tests.local_aws.errors import RefusedError
from tests.support.functions import references
from tests.support.resolver import Resolved, resolve
from tests.support.template_text import load

BASE: dict[str, Any] = {
    "Parameters": {
        "Text": {"Type": "String", "Default": "x"},
        "Number": {"Type": "Number", "Default": 0},
        "List": {"Type": "CommaDelimitedList", "Default": "a, b,c "},
        "NoList": {"Type": "CommaDelimitedList", "Default": ""},
    },
    "Mappings": {"Profile": {"short": {"Days": 7}, "long": {"Days": 365}}},
    "Conditions": {
        "IsX": {"Fn::Equals": [{"Ref": "Text"}, "x"]},
        "IsY": {"Fn::Equals": [{"Ref": "Text"}, "y"]},
    },
    "Resources": {
        "Vault": {"Type": "T"},
        "Absent": {"Type": "T", "Condition": "IsY"},
    },
}


def with_property(value: Any, **parameters: Any) -> Resolved:
    resources = {**BASE["Resources"], "It": {"Type": "T", "Properties": {"P": value}}}
    return resolve({**BASE, "Resources": resources}, parameters)


NO_VALUE = {"Ref": "AWS::NoValue"}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"Ref": "Text"}, "x"),
        ({"Ref": "Number"}, "0"),
        ({"Ref": "List"}, ["a", "b", "c"]),
        ({"Ref": "NoList"}, [""]),
        ({"Ref": "Vault"}, "<Vault>"),
        ({"Ref": "AWS::Region"}, "us-east-1"),
        ({"Ref": "AWS::Partition"}, "aws"),
        ({"Fn::GetAtt": ["Vault", "Arn"]}, "<Vault.Arn>"),
        ({"Fn::GetAtt": "Vault.Outputs.X"}, "<Vault.Outputs.X>"),
        ({"Fn::Sub": "${Text}-${Vault}-${Vault.Arn}-${!Text}"}, "x-<Vault>-<Vault.Arn>-${Text}"),
        ({"Fn::Sub": ["${A}${Text}", {"A": {"Ref": "Number"}}]}, "0x"),
        ({"Fn::Join": ["-", ["a", {"Ref": "Text"}, 1]]}, "a-x-1"),
        ({"Fn::Join": ["-", {"Ref": "List"}]}, "a-b-c"),
        ({"Fn::Join": ["-", ["a", {"Fn::If": ["IsY", "b", NO_VALUE]}]]}, "a"),
        ({"Fn::Join": ["", {"Ref": "NoList"}]}, ""),
        ({"Fn::If": ["IsX", "yes", {"Ref": "Absent"}]}, "yes"),
        ({"Fn::FindInMap": ["Profile", "long", "Days"]}, 365),
        ({"Fn::Select": ["1", {"Ref": "List"}]}, "b"),
        ({"Fn::Select": [0, {"Fn::Split": [":", "a:b"]}]}, "a"),
        ([1, NO_VALUE, {"Fn::If": ["IsY", 2, NO_VALUE]}, 3], [1, 3]),
        ({"A": NO_VALUE, "B": {"C": {"Fn::If": ["IsX", NO_VALUE, 1]}}}, {"B": {}}),
        ({"Condition": {"StringEquals": {"a": "b"}}}, {"Condition": {"StringEquals": {"a": "b"}}}),
    ],
)
def test_each_function_gives_what_aws_documents(value: Any, expected: Any) -> None:
    assert with_property(value).resources["It"]["P"] == expected


def test_a_property_that_is_no_value_is_gone() -> None:
    assert with_property(NO_VALUE).resources["It"] == {}


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ({"Fn::GetAZs": ""}, "Fn::GetAZs"),
        ({"Fn::ImportValue": "x"}, "Fn::ImportValue"),
        ({"Fn::Base64": "x"}, "Fn::Base64"),
        ({"Ref": "AWS::NotificationARNs"}, "NotificationARNs"),
        ({"Ref": "Nobody"}, "Nobody"),
        ({"Fn::Sub": "${Nobody}"}, "Nobody"),
        ({"Fn::Sub": "${Nobody.Arn}"}, "Nobody"),
        ({"Fn::If": ["IsX", "yes", {"Ref": "Nobody"}]}, "Nobody"),
        ({"Ref": "Absent"}, "Absent is used"),
        ({"Fn::If": ["Nobody", 1, 2]}, "no condition 'Nobody'"),
        ({"Fn::FindInMap": ["Profile", "none", "Days"]}, "no mapping for Profile / none"),
        ({"Fn::FindInMap": ["Profile", "long", "Days", {"DefaultValue": 1}]}, "3 arguments"),
        ({"Fn::Sub": "${List}"}, "needs a string"),
        ({"Fn::Sub": ["${A}", {"A": NO_VALUE}]}, "AWS::NoValue stands"),
        ({"Fn::Join": ["-", "abc"]}, "takes a list"),
        ({"Fn::Select": [3, {"Ref": "List"}]}, "cannot select object 3"),
        ({"Ref": "Text", "Other": 1}, "beside other keys"),
    ],
)
def test_what_cloudformation_or_this_reader_does_not_take_is_refused(value: Any, why: str) -> None:
    with pytest.raises(RefusedError, match=why):
        with_property(value)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"Fn::Equals": [{"Ref": "Number"}, 0]}, True),
        ({"Fn::Equals": [{"Ref": "Number"}, "0"]}, True),
        ({"Fn::Equals": [{"Ref": "Number"}, "0.0"]}, False),
        ({"Fn::Equals": [{"Ref": "Text"}, "X"]}, False),
        ({"Fn::Not": [{"Condition": "IsX"}]}, False),
        ({"Fn::And": [{"Condition": "IsX"}, {"Condition": "IsY"}]}, False),
        ({"Fn::Or": [{"Condition": "IsX"}, {"Condition": "IsY"}]}, True),
        ({"Fn::Equals": [{"Fn::Join": ["", {"Ref": "NoList"}]}, ""]}, True),
    ],
)
def test_conditions(condition: Any, expected: bool) -> None:
    template = {**BASE, "Conditions": {**BASE["Conditions"], "It": condition}}
    assert resolve(template).conditions["It"] is expected


@pytest.mark.parametrize(
    ("condition", "why"),
    [
        ({"Condition": "It"}, "refers to itself"),
        ({"Fn::And": [{"Condition": "IsX"}]}, "2 to 10"),
        ({"Fn::Or": [{"Condition": "IsX"}] * 11}, "2 to 10"),
        ({"Fn::Not": [{"Ref": "Text"}]}, "not a condition"),
        ({"Fn::Equals": [{"Ref": "Vault"}, "x"]}, "Vault is no parameter"),
        ({"Fn::Equals": [{"Fn::GetAtt": ["Vault", "Arn"]}, "x"]}, "cannot read the resource"),
        ({"Fn::Equals": [{"Ref": "List"}, "x"]}, "needs a string"),
        ("true", "not a condition"),
    ],
)
def test_a_condition_that_aws_refuses_is_refused(condition: Any, why: str) -> None:
    template = {**BASE, "Conditions": {**BASE["Conditions"], "It": condition}}
    with pytest.raises(RefusedError, match=why):
        resolve(template)


@pytest.mark.parametrize(
    ("region", "partition", "suffix"),
    [
        ("us-east-1", "aws", "amazonaws.com"),
        ("cn-north-1", "aws-cn", "amazonaws.com.cn"),
        ("us-gov-west-1", "aws-us-gov", "amazonaws.com"),
        ("us-iso-east-1", "aws-iso", "c2s.ic.gov"),
    ],
)
def test_pseudo_parameters_follow_the_region(region: str, partition: str, suffix: str) -> None:
    outputs = {"It": {"Value": {"Fn::Sub": "${AWS::Partition} ${AWS::URLSuffix} ${AWS::Region}"}}}
    resolved = resolve({**BASE, "Outputs": outputs}, region=region)
    assert resolved.outputs == {"It": f"{partition} {suffix} {region}"}


def test_known_names_replace_placeholders() -> None:
    outputs = {"It": {"Value": {"Fn::Sub": "${Vault} ${Vault.Arn}"}}}
    known = {"Vault": "v", "Vault.Arn": "arn"}
    assert resolve({**BASE, "Outputs": outputs}, known=known).outputs == {"It": "v arn"}


def test_a_resource_and_an_output_exist_when_their_condition_holds() -> None:
    outputs = {"Yes": {"Value": "1", "Condition": "IsX"}, "No": {"Value": "1", "Condition": "IsY"}}
    resolved = resolve({**BASE, "Outputs": outputs})
    assert set(resolved.resources) == {"Vault"}
    assert set(resolved.outputs) == {"Yes"}


def change(**sections: Any) -> dict[str, Any]:
    return {**BASE, **sections}


def resource(**attributes: Any) -> dict[str, Any]:
    return change(Resources={"It": {"Type": "T", **attributes}})


@pytest.mark.parametrize(
    ("template", "why"),
    [
        (change(Transform="AWS::LanguageExtensions"), "Transform"),
        (change(Hooks={}), "Hooks"),
        (change(Resources={}), "no resources"),
        (resource(CreationPolicy={}), "CreationPolicy"),
        (resource(DeletionPolicy="Keep"), "cannot be 'Keep'"),
        (resource(DeletionPolicy="Snapshot"), "cannot be 'Snapshot'"),
        (resource(DeletionPolicy={"Ref": "Text"}), "DeletionPolicy cannot be"),
        (resource(UpdateReplacePolicy="RetainExceptOnCreate"), "UpdateReplacePolicy"),
        (resource(DependsOn="Nobody"), "Nobody"),
        (resource(DependsOn=["It", "Nobody"]), "Nobody"),
        (change(Outputs={"O": {"Value": {"Ref": "Nobody"}}}), "Nobody"),
        (change(Outputs={"O": {"Value": "1", "Export": {"Name": "x"}}}), "Export"),
        (change(Outputs={"O": {"Value": {"Ref": "List"}}}), "needs a string"),
        (change(Outputs={"O": {"Value": NO_VALUE}}), "AWS::NoValue stands"),
    ],
)
def test_a_template_that_aws_or_this_reader_refuses_is_refused(template: Any, why: str) -> None:
    with pytest.raises(RefusedError, match=why):
        resolve(template)


def test_references_see_every_branch() -> None:
    node = {"Fn::If": ["C", {"Ref": "A"}, {"Fn::Sub": ["${B.Arn}${X}${!Y}", {"X": {"Ref": "D"}}]}]}
    assert references([node, {"Fn::GetAtt": "E.Outputs.F"}]) == {"A", "B", "D", "E"}


SHORT = """
Resources:
  It:
    Type: T
    Properties:
      Version: 2012-10-17
      A: !Sub "${B}"
      B: !GetAtt C.Outputs.D
      C: !If [E, !Ref F, !Join ["", [a]]]
Conditions:
  E: !Not [!Condition G]
"""


def test_short_yaml_becomes_the_long_form() -> None:
    template = load(SHORT)
    assert template["Resources"]["It"]["Properties"] == {
        "Version": "2012-10-17",
        "A": {"Fn::Sub": "${B}"},
        "B": {"Fn::GetAtt": ["C", "Outputs.D"]},
        "C": {"Fn::If": ["E", {"Ref": "F"}, {"Fn::Join": ["", ["a"]]}]},
    }
    assert template["Conditions"] == {"E": {"Fn::Not": [{"Condition": "G"}]}}


def plain(node: Any) -> bool:
    inner = (
        list(node.values()) if isinstance(node, dict) else node if isinstance(node, list) else []
    )
    return type(node) in {dict, list, str, int, bool, float} and all(map(plain, inner))


def test_a_loaded_template_is_made_of_plain_values() -> None:
    assert plain(load(SHORT))


def test_json_loads_too() -> None:
    assert load('{"Resources": {"It": {"Type": "T"}}}') == {"Resources": {"It": {"Type": "T"}}}


@pytest.mark.parametrize("text", ["Resources: {A: 1, A: 2}", "Resources: [", "- a", "plain", "{"])
def test_unreadable_text_is_refused(text: str) -> None:
    with pytest.raises(RefusedError):
        load(text)


def test_short_forms_read_as_the_independent_cfn_flip_reads_them() -> None:
    text = SHORT.replace("2012-10-17", "'2012-10-17'")
    assert load(text) == json.loads(to_json(text))  # type: ignore[no-untyped-call]  # cfn_flip is untyped
