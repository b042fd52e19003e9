"""Loops are written out as CloudFormation documents them; what a macro makes stays unknown."""

from typing import Any

import pytest

from generator.cloudformation.errors import UnreadableError
from generator.cloudformation.expand import expanded, is_rewritten
from generator.cloudformation.read import check_sections, parse

LOOP = """\
Parameters: {Names: {Type: CommaDelimitedList}}
Mappings: {Zones: {Few: {Names: [a, b]}}}
Resources:
  Fn::ForEach::Topics:
    - Name
    - COLLECTION
    - Topic${Name}:
        Type: AWS::SNS::Topic
        Properties: BODY
Outputs:
  Of: {Value: !Ref Topica}
"""


def resources(body: str, collection: str = "[a, b]") -> dict[str, Any]:
    template = expanded(parse("a", LOOP.replace("COLLECTION", collection).replace("BODY", body)))
    check_sections(template)
    return {name: each["Properties"] for name, each in template.resources.items()}


FIRST = {"Fn::Select": ["0", {"Ref": "Names"}]}

# Collection, properties -> properties by logical ID.
LOOPS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "a list": ("[a, b]", "{A: !Ref Name}", {"Topica": {"A": "a"}, "Topicb": {"A": "b"}}),
    "numbers": ("[1, 2]", "{A: !Ref Name}", {"Topic1": {"A": "1"}, "Topic2": {"A": "2"}}),
    "no item": ("[]", "{}", {}),
    "a list in a map": (
        "!FindInMap [Zones, Few, Names]",
        "{A: !Ref Name}",
        {"Topica": {"A": "a"}, "Topicb": {"A": "b"}},
    ),
    "texts": (
        "[a]",
        "{A: 'x${Name}', B: !Sub '${Name}-${AWS::Region}', C: '${Other}', D: '${!Name}'}",
        {
            "Topica": {
                "A": "xa",
                "B": {"Fn::Sub": "a-${AWS::Region}"},
                "C": "${Other}",
                "D": "${!Name}",
            }
        },
    ),
    "a computed name": (
        "[a]",
        "{A: !Ref [b], B: {Ref: {Ref: Name}}}",
        {"Topica": {"A": {"Ref": ["b"]}, "B": {"Ref": "a"}}},
    ),
    "another name": ("[a]", "{A: !Ref Names}", {"Topica": {"A": {"Ref": "Names"}}}),
    "a loop in properties": (
        "[a]",
        "{Fn::ForEach::P: [P, [x, y], {'${P}Of${Name}': !Ref P}]}",
        {"Topica": {"xOfa": "x", "yOfa": "y"}},
    ),
    "a list that only a deployment knows": (
        "!Ref Names",
        "{A: !Ref Name, B: !Sub '${Name}', C: !Sub ['${x}${Name}', {x: y}]}",
        {
            "Topic${Name}": {
                "A": FIRST,
                "B": {"Fn::Sub": ["${Name}", {"Name": FIRST}]},
                "C": {"Fn::Sub": ["${x}${Name}", {"Name": FIRST, "x": "y"}]},
            }
        },
    ),
}


@pytest.mark.parametrize(("collection", "body", "expected"), LOOPS.values(), ids=LOOPS)
def test_a_loop(collection: str, body: str, expected: dict[str, Any]) -> None:
    assert resources(body, collection) == expected


def test_a_loop_in_a_loop_and_signs_in_a_name() -> None:
    text = """\
Resources:
  Fn::ForEach::A:
    - A
    - [x-1, y]
    - Fn::ForEach::B:
        - B
        - [p, q]
        - "Of&{A}${B}":
            Type: T
            Properties:
              Both: !Sub ${A}${B}
"""
    template = expanded(parse("a", text))
    assert [*template.resources] == ["Ofx1p", "Ofx1q", "Ofyp", "Ofyq"]
    assert template.resources["Ofx1q"]["Properties"]["Both"] == {"Fn::Sub": "x-1q"}
    for name in template.resources:
        assert template.position(("Resources", name, "Properties", "Both")) == (11, 15)


def test_a_template_without_a_loop_stays() -> None:
    template = parse("a", "Resources: {A: {Type: T, Properties: {B: '${x}', C: !Ref D}}}")
    assert expanded(template).document == template.document


def test_what_is_no_loop_stays_as_it_is() -> None:
    for wrong in ("x", "[A, [b]]", "[[A], [b], {}]", "[A, [b], c]"):
        template = parse("a", f"Resources: {{Fn::ForEach::X: {wrong}}}")
        assert expanded(template).document == template.document


def test_loops_that_multiply_are_refused() -> None:
    body, items = "'A${I}': {Type: T}", f"[{', '.join(map(str, range(60)))}]"
    for number in range(5):
        body = f"Fn::ForEach::L{number}: [I{number}, {items}, {{{body}}}]"
    with pytest.raises(UnreadableError, match=r"^hostile: is not a template: its loops make over"):
        expanded(parse("hostile", f"Resources: {{{body}}}"))


INCLUDE = "Fn::Transform: {Name: AWS::Include, Parameters: {Location: s3://b/k}}"
MORE: dict[str, tuple[str, set[str]]] = {
    "nothing": ("Resources: {}", set()),
    "language extensions": ("Transform: AWS::LanguageExtensions\nResources: {}", set()),
    "an include in a section": (f"Parameters: {{{INCLUDE}}}\nResources: {{}}", {"Parameters"}),
    "an include in a resource": (f"Resources: {{A: {{Type: T, {INCLUDE}}}}}", set()),
    "a loop over a list": ("Resources: {Fn::ForEach::X: [A, [b], {'C${A}': {Type: T}}]}", set()),
    "a loop over what nobody knows": (
        "Resources: {Fn::ForEach::X: [A, !Ref B, {'C${A}': {Type: T}}]}",
        {"Resources"},
    ),
    "another macro": (
        "Transform: [Mine]\nResources: {}",
        {"Parameters", "Rules", "Conditions", "Resources", "Outputs"},
    ),
}


@pytest.mark.parametrize(("text", "sections"), MORE.values(), ids=MORE)
def test_the_sections_that_may_have_more(text: str, sections: set[str]) -> None:
    template = expanded(parse("a", text))
    assert template.may_have_more == sections
    assert not any("Fn::Transform" in section for section in template.document.values())


def test_a_macro_that_makes_a_resource_is_its_type() -> None:
    macro = {"Name": "AWS::Include", "Parameters": {"Location": "s3://b/k"}}
    template = expanded(
        parse(
            "a", f"Resources: {{A: {{{INCLUDE}}}, B: {{Type: T, {INCLUDE}, Properties: {{C: 1}}}}}}"
        )
    )
    assert template.resources == {
        "A": {"Type": "Fn::Transform", "Properties": {"Fn::Transform": macro}},
        "B": {"Type": "T", "Properties": {"C": 1, "Fn::Transform": macro}},
    }


# The head of the template, the resource -> whether a macro may make others of it.
REWRITTEN: dict[str, tuple[str, str, bool]] = {
    "no macro": ("", "Type: AWS::SNS::Topic", False),
    "SAM": ("Transform: AWS::Serverless-2016-10-31", "Type: AWS::Serverless::Api", True),
    "not SAM's": ("Transform: AWS::Serverless-2016-10-31", "Type: AWS::SNS::Topic", False),
    "functions": ("Transform: [AWS::LanguageExtensions]", "Type: AWS::SNS::Topic", False),
    "an include": ("", f"Type: T, Properties: {{{INCLUDE}}}", False),
    "a macro in it": ("", "Type: T, Properties: {Fn::Transform: {Name: Mine}}", True),
    "somebody's macro": ("Transform: [{Name: Mine, Parameters: {}}]", "Type: T", True),
    "a module": ("", "Type: My::Own::Thing::MODULE", True),
}


@pytest.mark.parametrize(("head", "resource", "rewritten"), REWRITTEN.values(), ids=REWRITTEN)
def test_what_a_macro_rewrites(head: str, resource: str, rewritten: bool) -> None:
    template = parse("a", f"{head}\nResources: {{A: {{{resource}}}}}")
    assert is_rewritten(template, template.resources["A"]) is rewritten
