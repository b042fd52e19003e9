"""Templates that nobody would write: real ones, changed at a few places.

Everything is drawn by hypothesis, so that a failure shrinks to the fewest and smallest changes.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

from hypothesis import strategies as st

from generator.cloudformation.read import parse
from generator.stacks import TEMPLATES
from generator.stacks.render import render
from tests.rules.support import HERE
from tests.support.parents import a_parent

Draw = Callable[[st.SearchStrategy[Any]], Any]
Document = dict[str, Any]

# What the fixtures do not have: each function, each section, loops, macros.
RARE = """
Transform: [AWS::LanguageExtensions, AWS::Serverless-2016-10-31]
Globals: {Function: {Timeout: 3}}
Parameters:
  Size: {Type: String, AllowedValues: [small, large], Default: small}
  Zones: {Type: CommaDelimitedList, Default: "a, b"}
  Count: {Type: Number, MinValue: 1, MaxValue: 10, Default: 2}
  Name: {Type: String, AllowedPattern: "[a-z]+", MinLength: 1, MaxLength: 9}
  Image: {Type: "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>", Default: /image}
Mappings:
  Sizes: {small: {Days: 7, Names: [a, b]}, large: {Days: 70, Names: [c]}}
  Places: {us-east-1: {Image: ami-1}, aws: {Image: ami-2}}
Rules:
  Small:
    RuleCondition: !Equals [!Ref Size, small]
    Assertions:
      - Assert: !Contains [[a, b], !Ref Name]
        AssertDescription: a or b
      - Assert: !EachMemberIn [!ValueOfAll ["AWS::EC2::VPC::Id", Tags.Name], !RefAll "X::Y"]
Conditions:
  Large: !Equals [!Ref Size, large]
  Named: !And [!Not [!Condition Large], !Or [!Equals [!Ref Name, a], !Equals [!Ref Count, 2]]]
Resources:
  Fn::ForEach::Vaults:
    - Zone
    - !Ref Zones
    - "Vault${Zone}":
        Type: AWS::Backup::BackupVault
        Properties: {BackupVaultName: !Sub "${Zone}-${AWS::Region}"}
  Function:
    Type: AWS::Serverless::Function
    Properties: {CodeUri: "s3://b/k", "Fn::Transform": {Name: AWS::Include}}
  Machine:
    Type: AWS::EC2::Instance
    Condition: Named
    DependsOn: [Function]
    DeletionPolicy: !If [Large, Retain, Delete]
    Properties:
      ImageId: !FindInMap [Places, !Ref AWS::Region, Image]
      KeyName: !If [Large, !Ref Name, !Ref AWS::NoValue]
      SubnetId: !Select [1, !Split [",", !ImportValue Subnets]]
      UserData: !Base64 {"Fn::Sub": ["${Size} ${Other.Arn} ${!Not}", {Size: !GetAtt Table.Arn}]}
      SecurityGroupIds: !Cidr [!GetAtt Function.Cidr, 6, 5]
      Tags: [{Key: a, Value: !Join ["-", !FindInMap [Sizes, !Ref Size, Names]]}]
  Table:
    Type: AWS::DynamoDB::Table
    UpdateReplacePolicy: Retain
    Properties: {TableName: !ToJsonString {a: !Length [1, 2]}, KeySchema: !GetAZs ""}
Outputs:
  Table: {Value: !GetAtt Table.Arn, Export: {Name: !Sub "${AWS::StackName}-table"}}
  TemplateVersion: {Value: 1.2.3, Condition: Large}
"""

_ODD_TEXTS = [
    *("", " ", "0", "-1", "1e5", "nan", "٣", "true", "*", ",", "|", "(", "[", "%%X%%", "\0", "\n"),
    *("${", "${}", "${!x}", "${A.B}", "${Size}", "{{resolve:ssm:x}}", "{{resolve:", "\x1b[31m"),
    *("arn:", "arn:aws:backup:::x", "cron(", "cron(0 3 ? * * *)", "rate(0 x)", "/", "?", "é"),
    *("Fn::Sub", "Ref", "Condition", "Resources", "AWS::NoValue", "AWS::Region", "AWS::X::MODULE"),
    *("https://", "s3://b.c/x", "https://[/Backup.template", "\ud800", "\udc00a", "x" * 5000, "²"),
]
_ODD: list[Any] = [
    *(None, True, False, 0, -1, 1.5, 1e308, 10**39, 10**50, [], {}, [[]], [None], [{}], {"": ""}),
    *({"a": {}}, ["x"] * 300, {f"k{number}": number for number in range(70)}),
]
_ODD_KEYS = [*_ODD_TEXTS[:-1], 0, 443, -1, 1.5, True, None, "Fn::ForEach::X", "<<", "x" * 900]

_FUNCTIONS = [
    *("Ref", "Condition", "Fn::And", "Fn::Base64", "Fn::Cidr", "Fn::Contains", "Fn::EachMemberIn"),
    *("Fn::EachMemberEquals", "Fn::Equals", "Fn::FindInMap", "Fn::ForEach::X", "Fn::GetAtt"),
    *("Fn::GetAZs", "Fn::If", "Fn::ImportValue", "Fn::Join", "Fn::Length", "Fn::Not", "Fn::Or"),
    *("Fn::RefAll", "Fn::Select", "Fn::Split", "Fn::Sub", "Fn::ToJsonString", "Fn::Transform"),
    *("Fn::ValueOf", "Fn::NotInMap", "Fn::NotInList", "Fn::"),
]


@cache
def own() -> list[str]:
    """Return each template of the list, as JSON."""
    return [_as_json(name, render(template())) for name, template in TEMPLATES.items()]


@cache
def small() -> list[str]:
    """Return the fixtures of the rules and a template with what they lack, as JSON."""
    files = sorted(path for folder in ("bad", "good", "wild") for path in (HERE / folder).iterdir())
    texts = {"rare": RARE, **{str(path): path.read_text() for path in files}}
    return [_as_json(name, text) for name, text in texts.items()]


@cache
def parents() -> list[str]:
    """Return a parent that nests the template once, and one that does so in a loop, as JSON."""
    parent = a_parent()
    looped = a_parent()
    stack = looped["Resources"].pop("Backup")
    looped["Resources"]["Fn::ForEach::Clusters"] = ["Name", ["a", "b"], {"Backup${Name}": stack}]
    return [json.dumps(parent), json.dumps(looped)]


def _as_json(name: str, text: str) -> str:
    return json.dumps(parse(name, text).document)


@st.composite
def mutants(draw: Draw, bases: Sequence[str]) -> tuple[str, Document]:
    """Return one of the templates as JSON, and the same changed at one place or some."""
    base = draw(st.sampled_from(bases))
    document: Document = json.loads(base)
    for _ in range(draw(st.integers(1, 6))):
        if document:
            draw(st.sampled_from(_CHANGES))(draw, document, *_place(draw, document))
    return base, document


def written(node: Any) -> str:
    """Return a template as text: JSON, but for keys that are no text, which only YAML has."""
    if isinstance(node, dict):
        pairs = (f"{written(key)}: {written(value)}" for key, value in node.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(node, list):
        return "[" + ", ".join(map(written, node)) + "]"
    return json.dumps(node)


def reordered(node: Any) -> Any:
    """Return a template with the keys of every map the other way round."""
    if isinstance(node, dict):
        return {key: reordered(node[key]) for key in reversed(node)}
    return [reordered(item) for item in node] if isinstance(node, list) else node


def _place(draw: Draw, node: Any) -> tuple[Any, Any]:
    """Return a list or a map in the template, and a key of it: seldom a whole section."""
    is_deep = False
    while True:
        key = draw(st.sampled_from([*node] if isinstance(node, dict) else range(len(node))))
        inner = node[key]
        is_whole = not isinstance(inner, dict | list) or not inner
        if is_whole or not draw(st.integers(0, 7 if is_deep else 30)):
            return node, key
        node, is_deep = inner, True


def _copy(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: _copy(value) for key, value in node.items()}
    return [_copy(item) for item in node] if isinstance(node, list) else node


def _another(draw: Draw, document: Document) -> Any:
    node, key = _place(draw, document)
    return _copy(node[key])


def _names(document: Document) -> list[str]:
    """Return what a function can name: entries of sections, rows and columns of maps."""
    found = ["AWS::Region", "AWS::NoValue"]
    for section in ("Conditions", "Parameters", "Resources", "Mappings"):
        if isinstance(entries := document.get(section), dict):
            found += [str(name) for name in entries]
            if section == "Mappings":
                found += [str(row) for rows in entries.values() for row in _keys(rows)]
    return found


def _keys(node: Any) -> Iterator[Any]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield key
            yield from _keys(value)


def _value(draw: Draw, names: list[str], depth: int = 3) -> Any:
    """Return a scalar, a list, a map or a function, as odd as it may be."""
    kind = draw(st.integers(0, 7 if depth else 2))
    if kind == 0:
        return draw(st.sampled_from(names))
    if kind in (1, 2):
        return _copy(draw(st.sampled_from(_ODD_TEXTS if kind == 1 else _ODD)))
    if kind == 3:
        return [_value(draw, names, depth - 1) for _ in range(draw(st.integers(0, 4)))]
    if kind in (4, 5):
        keys = names if kind == 4 else _FUNCTIONS
        return {draw(st.sampled_from(keys)): _value(draw, names, depth - 1)}
    return _call(draw, names, depth)


def _call(draw: Draw, names: list[str], depth: int = 3) -> dict[str, Any]:
    """Return a function with as many arguments as it takes, each as odd as it may be."""
    name, other = draw(st.sampled_from(names)), draw(st.sampled_from(names))
    first, second = (_value(draw, names, depth - 1) for _ in range(2))
    calls: list[dict[str, Any]] = [
        {"Ref": name},
        {"Fn::GetAtt": [name, first]},
        {"Fn::GetAtt": f"{name}.{other}.Arn"},
        {"Fn::Sub": ["${" + name + "} ${X} ${" + other + ".Arn}", {"X": first}]},
        {"Fn::Sub": [first, second]},
        {"Fn::If": [name, first, second]},
        {"Fn::FindInMap": [name, first, other]},
        {"Fn::FindInMap": [first, name, second, {"DefaultValue": other}]},
        {"Fn::Select": [first, ["a", second]]},
        {"Fn::Select": [0, {"Fn::Split": [first, second]}]},
        {"Fn::Join": [first, [name, second]]},
        {"Fn::Equals": [first, second]},
    ]
    return draw(st.sampled_from(calls))  # type: ignore[no-any-return]


def _delete(_: Draw, __: Document, node: Any, key: Any) -> None:
    del node[key]


def _replace(draw: Draw, document: Document, node: Any, key: Any) -> None:
    node[key] = _value(draw, _names(document))


def _call_instead(draw: Draw, document: Document, node: Any, key: Any) -> None:
    node[key] = _call(draw, _names(document))


def _transplant(draw: Draw, document: Document, node: Any, key: Any) -> None:
    node[key] = _another(draw, document)


def _rename(draw: Draw, document: Document, node: Any, key: Any) -> None:
    if isinstance(node, dict):
        node[_key(draw, document)] = node.pop(key)


def _duplicate(draw: Draw, document: Document, node: Any, key: Any) -> None:
    if isinstance(node, dict):
        node[_key(draw, document)] = _copy(node[key])
    else:
        node[key:key] = [_copy(node[key]) for _ in range(draw(st.sampled_from([1, 2, 70, 300])))]


def _key(draw: Draw, document: Document) -> Any:
    return draw(st.sampled_from([*_names(document), *_ODD_KEYS]))


def _wrap(draw: Draw, document: Document, node: Any, key: Any) -> None:
    names = _names(document)
    inner, name = node[key], draw(st.sampled_from([*names, "Nobody"]))
    node[key] = draw(
        st.sampled_from(
            [
                {"Fn::If": [name, inner, {"Ref": "AWS::NoValue"}]},
                {"Fn::If": [name, _copy(inner), inner]},
                {"Fn::Join": [",", [inner, {"Ref": name}]]},
                {"Fn::Sub": ["${X}-${" + name + "}", {"X": inner}]},
                {"Fn::Select": [0, [inner]]},
                {"Fn::FindInMap": [name, inner, "x", {"DefaultValue": inner}]},
                {draw(st.sampled_from(_FUNCTIONS)): inner},
                {name: inner},
                [inner],
            ]
        )
    )


def _loop(draw: Draw, document: Document, node: Any, key: Any) -> None:
    if isinstance(node, dict):
        items = [["a", "b"], {"Ref": draw(st.sampled_from(_names(document)))}]
        items.append(_value(draw, _names(document), 2))
        body = {f"{key}${{X}}": node[key]}
        node["Fn::ForEach::Loop"] = ["X", draw(st.sampled_from(items)), body]


def _macro(draw: Draw, document: Document, node: Any, _: Any) -> None:
    macro = draw(
        st.sampled_from(["AWS::Include", "AWS::LanguageExtensions", "Mine", {"Name": "Mine"}, []])
    )
    if draw(st.booleans()) or not isinstance(node, dict):
        document["Transform"] = macro
    else:
        node["Fn::Transform"] = {"Name": macro, "Parameters": {"Location": "s3://b/k"}}


def _circle(draw: Draw, document: Document, node: Any, _: Any) -> None:
    """Let a condition refer to itself or to others, and something depend on it."""
    conditions = document.setdefault("Conditions", {})
    if isinstance(conditions, dict):
        names = [*conditions, "Round"]
        one, other = draw(st.sampled_from(names)), draw(st.sampled_from(names))
        conditions[one] = {"Fn::Not": [{"Condition": other}]}
        if isinstance(node, dict):
            node["Condition"] = one


_CHANGES = [
    *(_replace, _transplant, _rename, _duplicate, _wrap, _call_instead, _delete, _loop, _macro),
    *(_replace, _transplant, _rename, _duplicate, _wrap, _call_instead, _call_instead, _circle),
]

_SNIPPETS = [
    *(b"&a ", b"*a", b"<<: ", b"!Sub ", b"!!binary ", b"!!int ", b"!!float x", b"? ", b"\n---\n"),
    *(b"%YAML 1.1\n", b"\t", b"\0", b"\xef\xbb\xbf", b"'", b'"', b"[", b"{", b"}", b"]", b": "),
    *(b"\\ud83d", b"\\ud83d\\ude00", b"\xed\xa0\x80", b"\xff", b"\xc2\x85", b"\xe2\x80\xa8", b"\r"),
    *(
        b"0x",
        b"1:1:1",
        b"- ",
        b"#",
        b"|+",
        b"!<x> ",
        b"!Ref",
        b"!GetAtt ",
        b"2001-01-01",
        b"1" * 50,
    ),
    *(
        b'{"TemplateBody": ',
        b"!",
        b"~",
        b"=",
        b".inf",
        b"1_000",
        b"0b1",
        b"@",
        b"`",
        b"[" * 3000 + b"]" * 3000,
    ),
]
_STARTS = re.compile(rb"[:,{\[] *")
"""What stands before a key or a value."""


@st.composite
def mangled(draw: Draw, texts: Sequence[bytes]) -> bytes:
    """Return the text of a template, cut, doubled and overwritten at some places."""
    text: bytes = draw(st.sampled_from(texts))
    for _ in range(draw(st.integers(1, 4))):
        starts = [match.end() for match in _STARTS.finditer(text)] or [0]
        start = draw(st.one_of(st.integers(0, len(text)), st.sampled_from(starts)))
        end = min(len(text), start + draw(st.sampled_from([0, 1, 2, 9, 80, 999, len(text)])))
        part = draw(
            st.one_of(
                st.sampled_from([b"", *_SNIPPETS]),
                st.binary(min_size=1, max_size=4),
                st.integers(2, 5).map(lambda times: text[start:end] * times),  # noqa: B023 - drawn at once
            )
        )
        text = text[:start] + part + text[end:]
    return text
