"""A template is read as plain data with positions, and what is none gets one sentence."""

import json
import re
from typing import Any

import pytest
from cfn_flip import to_json  # a dependency of troposphere

from generator.cloudformation.errors import UnreadableError
from generator.cloudformation.read import MAX_DEPTH, Template, check_sections, parse

SHORT = """\
Conditions:
  E: !Not [!Condition G]
Resources:
  It:
    Type: T
    Properties:
      Version: "2012-10-17"
      A: !Sub "${B}"
      B: !GetAtt C.Outputs.D
      C: !If [E, !Ref F, !Join ["", [a]]]
      D: !Sub
        - "${x}"
        - x: !FindInMap [M, !Ref R, c]
"""


def test_short_forms_read_as_the_independent_cfn_flip_reads_them() -> None:
    assert parse("a", SHORT).document == json.loads(to_json(SHORT))  # type: ignore[no-untyped-call] # cfn_flip is untyped


def test_every_form_of_an_attribute_is_one() -> None:
    expected = {"Fn::GetAtt": ["A", "Outputs.B"]}
    for form in ("!GetAtt A.Outputs.B", "{'Fn::GetAtt': A.Outputs.B}", "!GetAtt [A, Outputs.B]"):
        assert parse("a", f"Resources: {{X: {form}}}").resources["X"] == expected


VALUES: dict[str, tuple[str, Any]] = {
    "a date is text": ("2012-10-17", "2012-10-17"),
    "a number": ("30", 30),
    "a fraction": ("1.5", 1.5),
    "truth values of YAML 1.1": ("[yes, off, true]", [True, False, True]),
    "quoted": ("['yes', \"30\"]", ["yes", "30"]),
    "nothing": ("[~, null, ]", [None, None]),
    "a number of any length": ("9" * 5000, "9" * 5000),
    "a hexadecimal number of any length": ("0x" + "f" * 5000, "0x" + "f" * 5000),
    "a number that is none": (".inf", ".inf"),
    "a tag that does not fit": ("!!int x", "x"),
    "a tag on nothing": ("[!!int , !!float ]", ["", ""]),
    "an account": ("012345678901", "012345678901"),
    "an alias": ("[&a {b: c}, *a]", [{"b": "c"}, {"b": "c"}]),
    "what << brings in": (
        "[&a {b: 1, c: 2}, {<<: *a, b: 3}]",
        [{"b": 1, "c": 2}, {"b": 3, "c": 2}],
    ),
    "what << brings in from two": (
        "[&a {b: 1}, &d {b: 2, c: 3}, {<<: [*a, *d]}]",
        [{"b": 1}, {"b": 2, "c": 3}, {"b": 1, "c": 3}],
    ),
    "what << brings in from two keys": (
        "[&a {b: 1}, &d {b: 2, c: 3}, {<<: *a, <<: *d}]",
        [{"b": 1}, {"b": 2, "c": 3}, {"b": 1, "c": 3}],
    ),
    "a key that only looks like <<": ('{"<<": {b: 1}}', {"<<": {"b": 1}}),
    "a key that is a number": ("{4: a}", {"4": "a"}),
    "a key that is a truth value": ("{on: a}", {"true": "a"}),
}


@pytest.mark.parametrize(("text", "value"), VALUES.values(), ids=VALUES)
def test_a_value(text: str, value: Any) -> None:
    assert parse("a", f"Resources: {{X: {text}}}").resources["X"] == value


@pytest.mark.parametrize("indent", [None, 2, "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_json(indent: Any, mark: str) -> None:
    document = {"Resources": {"A": {"x": [1, True, None, "é\U0001f600/\t\\"]}}}
    for ascii_only in (True, False):
        text = mark + json.dumps(document, indent=indent, ensure_ascii=ascii_only)
        assert parse("a", text.encode().replace(b"/", b"\\/")).document == document


def test_a_large_template_without_aliases() -> None:
    row = {"A": {"B": {"C": {"D": [{"E": {"F": ["x"] * 10}}]}}}}
    document = {"Resources": {f"R{number}": row for number in range(9_000)}}
    text = json.dumps(document)
    assert 900_000 < len(text) < 1_048_576
    assert parse("a", text).document == document


def test_a_position_is_that_of_the_key_the_item_or_the_function() -> None:
    template = parse("a", SHORT)
    properties = ("Resources", "It", "Properties")
    assert template.position(properties) == (6, 5)
    assert template.position((*properties, "B")) == (9, 7)
    assert template.position((*properties, "B", "Fn::GetAtt")) == (9, 10)
    assert template.position((*properties, "C", "Fn::If", 1)) == (10, 18)
    assert template.position((*properties, "D", "Fn::Sub", 1, "x")) == (13, 11)


def test_a_position_that_is_not_in_the_text_is_that_of_what_is() -> None:
    template = parse("a", "Resources:\n  A: &a {x: 1}\n  B: *a\n")
    assert template.position(("Resources", "B", "x")) == (3, 3)
    assert template.position(("Outputs", "O")) == (1, 1)


def many_aliases(times: int, brackets: int) -> bytes:
    """Return aliases in aliases, each of them twice, in so many lists."""
    opened, closed = "[" * brackets, "]" * brackets
    lines = [f"a{n}: &a{n} {opened}*a{n - 1}, *a{n - 1}{closed}" for n in range(1, times)]
    return "\n".join(["a0: &a0 x", *lines, f"Resources: {{A: *a{times - 1}}}"]).encode()


BODY = {"Resources": {"A": {"Type": "T", "Properties": {"B": [1]}}}}
AS_TEXT = "# a template\nResources:\n  A:\n    Type: T\n    Properties: {B: [1]}\n"

# What get-template and the tools around it print, and the line of Properties.
HELD: dict[str, tuple[str, int]] = {
    "the object, a map in it": (json.dumps({"TemplateBody": BODY}, indent=1), 6),
    "the object, a text in it": (json.dumps({"TemplateBody": AS_TEXT, "StagesAvailable": []}), 5),
    "the object, JSON in its text": (json.dumps({"TemplateBody": json.dumps(BODY, indent=1)}), 5),
    "the object as YAML": (
        "StagesAvailable: []\nTemplateBody: |\n  " + AS_TEXT.replace("\n", "\n  "),
        5,
    ),
    "the text": (json.dumps(AS_TEXT), 5),
    "the map": (json.dumps(BODY, indent=1), 5),
    "the text and the stages": (
        AS_TEXT + "STAGESAVAILABLE\tOriginal\nSTAGESAVAILABLE\tProcessed\n",
        5,
    ),
}


@pytest.mark.parametrize(("text", "line"), HELD.values(), ids=HELD)
def test_what_get_template_prints(text: str, line: int) -> None:
    template = parse("a", text)
    assert template.document == BODY
    assert template.position(("Resources", "A", "Properties"))[0] == line


NOT_TEMPLATES: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "it has no Resources"),
    "text": (b"hello", "it has no Resources"),
    "a list": (b"[1, 2]", "it has no Resources"),
    "no resources": (b"Parameters: {}\n", "it has no Resources"),
    "the output of get-template without one": (b'{"TemplateBody": "hello"}', "no Resources"),
    "the output of get-template, broken": (b'{"TemplateBody": "A: [\\n"}', ":2: "),
    "resources in a list": (b"Resources: []\n", "it has no Resources"),
    "broken YAML": (b"Resources: [", ":2: .* did not find expected node content"),
    "broken JSON": (b'{"Resources": ', ":2: "),
    "JSON without a comma": (b'{\n\t"A": 1 "B": 2\n}', ":2: .* did not find expected ',' or '}'"),
    "a comment in JSON": (b'{ // why\n "Resources": {} }', ":2: "),
    "a tab": (b"A:\n\t- b\n", ":2: .* found character that cannot start any token"),
    "a key twice": (b"Resources:\n  A: {Type: x}\n  A: {Type: y}\n", ":3: .* the key 'A' appears"),
    "a key twice in JSON": (b'{"Resources": {}, "Resources": {}}', "the key 'Resources' appears"),
    "a key that is a list": (b"Resources: {? [a] : 1}", ":1: .* a key is a list or a map"),
    "a key that is an alias of a list": (b"A: &a [b]\nB: {*a : c}", ":2: .* a key is a list"),
    "a key that is a function": (b"Resources: {!Ref a: 1}", ":1: .* a key is a function"),
    "a circle": (b"A: &a [*a]\nResources: {}", r":1: .* \*a is used before it ends"),
    "<< of text": (b"Resources: {<<: a}", ":1: .* << takes a map"),
    "two documents": (b"Resources: {}\n---\nA: b", ":2: .* it holds more than one document"),
    "bytes": (b"\x00\xff\xfe", "byte 1 is not UTF-8 text"),
    "UTF-16": ("Resources: {}".encode("utf-16"), "byte 0 is not UTF-8 text"),
    "a control character": (b"Resources: {A: \x07}", "control characters are not allowed"),
    "deep YAML": (b"Resources: " + b"[" * 200_000, "it nests more than 100 levels deep"),
    "deep lists of YAML": (b"- " * 200_000 + b"a", "it nests more than 100 levels deep"),
    "deep JSON": (b'{"Resources":' + b'{"a":' * 500 + b"1" + b"}" * 501, "it nests more than"),
    "aliases that nest": (many_aliases(20, 90), "it nests more than 100 levels deep"),
    "aliases that multiply": (many_aliases(60, 1), "its aliases expand to over 1000000 values"),
}


@pytest.mark.parametrize(("content", "said"), NOT_TEMPLATES.values(), ids=NOT_TEMPLATES)
def test_what_is_no_template_gets_one_sentence(content: bytes, said: str) -> None:
    with pytest.raises(UnreadableError, match=r"^old:?[^\n]* is not a template: [^\n]+$") as caught:
        parse("old", content)
    assert re.search(said, str(caught.value))


def test_as_deep_as_a_template_may_be() -> None:
    lists = MAX_DEPTH - 2  # the document and its Resources are the others
    text = "[" * lists + "1" + "]" * lists
    value = parse("a", f"Resources: {{A: {text}}}").resources["A"]
    for _ in range(lists):
        (value,) = value
    assert value == 1


# What a template is that cannot be read section by section, though it may be one for a macro.
ODD: dict[str, tuple[str, str]] = {
    "a resource without a type": ("Resources: {A: {}}", "Resources.A has no Type"),
    "a resource that is text": ("Resources: {A: x}", "Resources.A is not a map"),
    "a loop of resources": (
        "Resources: {'Fn::ForEach::A': [N, [a], {}]}",
        r"Resources.Fn::ForEach::A is not a map \(expand macros first\)",
    ),
    "properties that are a function": (
        "Resources: {A: {Type: T, Properties: !Ref P}}",
        "Resources.A.Properties is not a map of properties",
    ),
    "a function beside properties": (
        "Resources: {A: {Type: T, Properties: {B: c, 'Fn::Sub': d}}}",
        "Resources.A.Properties is not a map of properties",
    ),
    "parameters that are an empty list": ("Parameters: []", "Parameters is not a map"),
    "outputs that are false": ("Outputs: false", "Outputs is not a map"),
    "parameters that are text": ("Parameters: x", "Parameters is not a map"),
    "a parameter that is text": ("Parameters: {P: x}", "Parameters.P is not a map"),
    "a bound that is text": ("Parameters: {P: {MinValue: low}}", "P.MinValue is not a number"),
    "allowed values that are text": ("Parameters: {P: {AllowedValues: low}}", "is not a list"),
    "an allowed value that is a map": (
        "Parameters: {P: {AllowedValues: [{a: b}]}}",
        "not a list of",
    ),
    "a default that is a map": ("Parameters: {P: {Default: {a: b}}}", "P.Default is not a value"),
    "a rule without assertions": ("Rules: {R: {Assertions: [x]}}", "not a list of assertions"),
}


@pytest.mark.parametrize(("text", "said"), ODD.values(), ids=ODD)
def test_a_template_that_cannot_be_read_by_sections(text: str, said: str) -> None:
    resources = "" if text.startswith("Resources") else "Resources: {A: {Type: T}}\n"
    template = parse("old", resources + text)
    line = 2 if resources else 1
    with pytest.raises(UnreadableError, match=f"^old:{line}: is not a template: .*{said}"):
        check_sections(template)


def test_a_template_that_can() -> None:
    check_sections(parse("a", SHORT))
    check_sections(Template("a", {"Resources": {}, "Parameters": None}))
    include = "'Fn::Transform': {Name: AWS::Include}"
    check_sections(parse("a", f"Resources: {{A: {{Type: T, Properties: {{B: c, {include}}}}}}}"))
