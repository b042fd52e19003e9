"""What a value can be: parameters, mappings, conditions, and texts made of several parts."""

import tracemalloc
from typing import Any

import pytest
from cfnlint.decode.decode import decode_str

from tests.cloudformation import examples
from tests.rules.support import shared

SECTIONS = """
Parameters:
  Bare: {Type: String}
  Empty: {Type: String, Default: ''}
  Named: {Type: String, Default: one}
  Zero: {Type: Number, Default: 0}
  Switch: {Type: String, Default: false}
  Chosen: {Type: String, Default: one, AllowedValues: [one, two]}
  Names: {Type: CommaDelimitedList, Default: 'one, two'}
  Numbers: {Type: List<Number>, Default: '1,2'}
  Stored: {Type: AWS::SSM::Parameter::Value<String>, Default: /path}
  Looked: {Type: String, Default: 'a-{{resolve:ssm:/x}}'}
  Either: {Type: String, AllowedValues: ['{{resolve:ssm:/x}}', two]}
  Broken: not a parameter
Mappings:
  Looked: {one: {Key: '{{resolve:ssm:/x}}', Keys: ['{{resolve:ssm:/x}}']}}
  Sizes:
    one: {Days: 1, Names: [a, b]}
    two: {Days: 2, Names: [c]}
    three: {Days: 3}
Conditions:
  IsOne: !Equals [!Ref Chosen, one]
Resources:
  Topic: {Type: AWS::SNS::Topic}
  There: {Type: AWS::SNS::Topic, Condition: IsOne}
"""
YES, NO = "yes", "no"
SSM = "${resolve:ssm:/x}"


def values() -> Any:
    template, faults = decode_str(SECTIONS)
    assert template is not None, faults
    return shared("_backup.values").Values(template)


def possibilities(node: Any) -> list[Any]:
    """Return what the node can be: unknown text as such, ABSENT as None."""
    absent = shared("_backup.cases").ABSENT
    return [None if case.value is absent else case.value for case in values().of(node, ())]


def sub(text: str, **names: Any) -> dict[str, Any]:
    return {"Fn::Sub": [text, names] if names else text}


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        ("text", ["text"]),
        (7, [7]),
        ({"a": 1, "b": 2}, [{"a": 1, "b": 2}]),
        ({"Ref": "AWS::NoValue"}, [None]),
        ({"Ref": "AWS::Region"}, ["${AWS::Region}"]),
        ({"Ref": "Bare"}, ["${Bare}"]),
        ({"Ref": "Empty"}, ["${Empty}"]),
        ({"Ref": "Named"}, ["one"]),
        ({"Ref": "Zero"}, [0]),
        ({"Ref": "Chosen"}, ["one", "two"]),
        ({"Ref": "Names"}, [["one", "two"]]),
        ({"Ref": "Numbers"}, [["1", "2"]]),
        ({"Ref": "Stored"}, ["${Stored}"]),
        ({"Ref": "Broken"}, ["${Broken}"]),
        ({"Ref": "Topic"}, ["${Topic}"]),
        ({"Fn::GetAtt": ["Topic", "TopicArn"]}, ["${Topic.TopicArn}"]),
        ({"Fn::GetAtt": "Topic.TopicArn"}, ["${Topic.TopicArn}"]),
        ({"Fn::If": ["IsOne", YES, NO]}, [YES, NO]),
        ({"Fn::If": ["IsOne", {"Fn::If": ["IsOne", YES, NO]}, "else"]}, [YES, "else"]),
        ({"Fn::If": ["IsOne", {"Ref": "Chosen"}, {"Ref": "AWS::NoValue"}]}, ["one", "two", None]),
        ({"Fn::FindInMap": ["Sizes", "two", "Days"]}, [2]),
        ({"Fn::FindInMap": ["Sizes", {"Ref": "Chosen"}, "Days"]}, [1, 2]),
        ({"Fn::FindInMap": ["Sizes", {"Ref": "Named"}, "Days"]}, [1, 2, 3]),
        ({"Fn::FindInMap": ["Sizes", {"Ref": "Bare"}, "Days"]}, [1, 2, 3]),
        ({"Fn::FindInMap": ["Sizes", {"Fn::ImportValue": "x"}, "Days"]}, [1, 2, 3]),
        ({"Fn::FindInMap": ["Sizes", sub("${Named}"), "Days"]}, [1]),
        ({"Fn::FindInMap": ["Sizes", "two", {"Ref": "Bare"}]}, [2, ["c"]]),
        ({"Fn::FindInMap": ["Sizes", "two", "Days", {"DefaultValue": 9}]}, [2, 9]),
        (sub("a-${Named}-b"), ["a-one-b"]),
        (sub("${Chosen}"), ["one", "two"]),
        (sub("${Chosen}-${Chosen}"), ["one-one", "two-two"]),
        (sub("${Bare}/${AWS::Region}"), ["${Bare}/${AWS::Region}"]),
        (sub("${X}-${Zero}", X={"Ref": "Named"}), ["one-0"]),
        (sub("${Switch}"), ["false"]),
        (sub("${!Literal}"), ["${!Literal}"]),
        ({"Fn::Join": ["-", ["a", {"Ref": "Named"}]]}, ["a-one"]),
        ({"Fn::Join": [",", {"Ref": "Names"}]}, ["one,two"]),
        ({"Fn::Join": ["", ["a", {"Ref": "Bare"}]]}, ["a${Bare}"]),
        # Dynamic references, of which the same one is always the same text.
        ("{{resolve:ssm:/x}}", [SSM]),
        ("a-{{resolve:ssm:/x}}-{{resolve:ssm:/x}}}", [f"a-{SSM}-{SSM}"]),
        (
            "{{resolve:secretsmanager:x:SecretString:y}}",
            ["${resolve:secretsmanager:x:SecretString:y}"],
        ),
        ({"Fn::Join": ["", ["{{resolve:ssm", ":/x", "}}"]]}, [SSM]),
        (sub("{{resolve:ssm:/${Chosen}}}"), ["${resolve:ssm:/one}", "${resolve:ssm:/two}"]),
        (sub("{{resolve:ssm:/${AWS::Region}}}-b"), ["${resolve:ssm:/AWS::Region}-b"]),
        ({"Ref": "Looked"}, [f"a-{SSM}"]),
        ({"Ref": "Either"}, [SSM, "two"]),
        ({"Fn::FindInMap": ["Looked", "one", "Key"]}, [SSM]),
        ({"Fn::If": ["IsOne", "{{resolve:ssm:/x}}", NO]}, [SSM, NO]),
    ],
)
def test_possibilities(node: Any, expected: list[Any]) -> None:
    assert possibilities(node) == expected


@pytest.mark.parametrize("text", ["{{resolve:ssm:/x}}", "1{{resolve:ssm-secure:/x:2}}"])
def test_a_dynamic_reference_is_not_known(text: str) -> None:
    [case] = values().of(text, ())
    assert not case.known
    assert case.number is None
    assert case.reference == ("", "")


@pytest.mark.parametrize(
    "node",
    [
        {"Fn::ImportValue": "x"},
        {"Fn::Select": [0, ["a"]]},
        {"Fn::Transform": {"Name": "AWS::Include"}},
        {"Fn::Transform": {"Name": "AWS::Include"}, "Beside": 1},
        {"Fn::FindInMap": ["Nowhere", "a", "b"]},
        {"Fn::FindInMap": ["Sizes", "nobody", "Days"]},
        {"Fn::Join": ["", {"Ref": "Bare"}]},
        {"Fn::If": ["IsOne"]},
        {"Fn::Sub": ["${A}"]},
    ],
)
def test_what_is_not_known_is_some_unknown_text(node: Any) -> None:
    [case] = values().of(node, ())
    assert not case.known
    assert case.number is None
    assert case.text.startswith("${")
    assert values().of(node, ("elsewhere",))[0].text == case.text


def test_too_many_possibilities_are_unknown() -> None:
    pieces = {name: {"Fn::If": [name, YES, NO]} for name in ("A", "B", "C", "D", "E", "F", "G")}
    text = "".join(f"${{{name}}}" for name in pieces)
    [case] = values().of(sub(text, **pieces), ())
    assert not case.known
    del pieces["G"]
    assert len(values().of(sub(text.removesuffix("${G}"), **pieces), ())) == 64


def test_too_many_possibilities_are_not_built_first() -> None:
    """Two parameters with as many allowed values need no more memory than twice one of them."""

    def peak(*names: str) -> int:
        declared = {"Type": "String", "AllowedValues": [f"v{number}" for number in range(64)]}
        some = shared("_backup.values").Values({"Parameters": dict.fromkeys(names, declared)})
        tracemalloc.start()
        some.of({"Fn::Join": ["-", [{"Ref": name} for name in names]]}, ())
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak("A")  # what is loaded only once does not count
    assert peak("A", "B") < 8 * peak("A")


def test_a_variable_is_looked_up_once_however_often_a_text_names_it() -> None:
    some, looked_up = values(), 0
    look_up = some.of

    def count(*arguments: Any) -> Any:
        nonlocal looked_up
        looked_up += 1
        return look_up(*arguments)

    some.of = count
    node: Any = ""
    for _ in range(8):
        node = sub("${x}${x}${x}", x=node)
    [case] = some.of(node, ())
    assert case.value == ""
    assert looked_up == 9


def test_a_text_that_functions_make_too_long_is_unknown() -> None:
    [case] = values().of({"Fn::Join": ["", ["a" * 9_000, "b" * 9_000]]}, ())
    assert not case.known
    assert len(case.text) < 100


def test_a_resource_behind_a_condition_exists_only_under_it() -> None:
    resources = dict(values().of_type("AWS::SNS::Topic"))
    assert resources["Topic"].given == {}
    assert resources["There"].given == {("condition", "IsOne"): True}


# Of the examples that every evaluator of the project is held to, those that rules take as unknown.
UNKNOWN = {
    "FindInMap with a default for a mapping",
    "Join leaves out NoValue",
    "Join of an empty list",
    "Select",
    "Select of what Split gives",
    "Sub with a literal",
    "Sub with empty braces",
}


@pytest.mark.parametrize(
    "name", [name for name, (_, value) in examples.KNOWN.items() if isinstance(value, str)]
)
def test_what_cloudformation_documents_is_among_the_possibilities(name: str) -> None:
    node, value = examples.KNOWN[name]
    cases = shared("_backup.values").Values(examples.DOCUMENT).of(node, ())
    assert all(case.known for case in cases) is (name not in UNKNOWN)
    assert name in UNKNOWN or value in [case.text for case in cases]
