"""Documents as plain data: for each combination of conditions, with the unknown parts marked."""

from typing import Any

from _backup.documents import in_each_world
from _backup.matching import unknown
from _backup.values import Values
from cfnlint.decode.decode import decode_str

SECTIONS = """
Parameters:
  Bare: {Type: String}
  Named: {Type: String, Default: one}
  Chosen: {Type: String, AllowedValues: [one, two]}
Conditions:
  Is: !Equals [!Ref Bare, '']
  IsNot: !Not [!Condition Is]
  Maybe: !Equals [!Ref Chosen, one]
  C0: !Equals [!Ref Bare, '0']
  C1: !Equals [!Ref Bare, '1']
  C2: !Equals [!Ref Bare, '2']
  C3: !Equals [!Ref Bare, '3']
  C4: !Equals [!Ref Bare, '4']
  C5: !Equals [!Ref Bare, '5']
  C6: !Equals [!Ref Bare, '6']
Resources:
  Policy:
    Type: AWS::IAM::Policy
    Properties:
      PolicyDocument: """


def worlds(
    statement: str, condition: str = "", document: str = ""
) -> list[tuple[dict[str, str | bool], Any]]:
    """Return the statement as it is, with what it depends on."""
    text = SECTIONS + (document or f"{{Statement: {statement}}}")
    text += f"\n    Condition: {condition}" if condition else ""
    template, faults = decode_str(text)
    assert template is not None, faults
    values = Values(template)
    [(_, policy)] = values.of_type("AWS::IAM::Policy")
    [case] = values.at(policy, "PolicyDocument")
    found = in_each_world(values, {}, lambda reader: reader.document(case).get("Statement"))
    return [({name: value for (_, name), value in given.items()}, it) for given, it in found]


def test_without_conditions_there_is_one_world() -> None:
    [(given, found)] = worlds(
        "{Action: [a, !Ref Named, !Ref Chosen, !Ref AWS::NoValue], Effect: Deny}"
    )
    assert given == {"Named": "one"}
    assert found["Action"][:2] == ["a", "one"]
    assert len(found["Action"]) == 3
    assert found["Action"][2].startswith("\0")


def test_unknown_parts_are_marked_and_variables_stay() -> None:
    [(_, found)] = worlds("{Resource: !Sub 'arn:${AWS::Partition}:s3:::${!aws:username}/${Bare}'}")
    partition, bare = unknown("AWS::Partition", colons=False), unknown("Bare")
    assert found == {"Resource": f"arn:{partition}:s3:::${{aws:username}}/{bare}"}


def test_each_combination_that_can_occur() -> None:
    both = "[!If [Is, {Sid: is}, !Ref AWS::NoValue], !If [IsNot, {Sid: not}, {Sid: otherwise}]]"
    assert worlds(both) == [
        ({"Is": True, "IsNot": False}, [{"Sid": "is"}, {"Sid": "otherwise"}]),
        ({"Is": False, "IsNot": True}, [{"Sid": "not"}]),
    ]


def test_a_document_that_is_there_only_sometimes() -> None:
    assert worlds("{Sid: there}", "Maybe") == [
        ({"Maybe": True}, {"Sid": "there"}),
        ({"Maybe": False}, None),
    ]


def test_what_depends_on_too_many_conditions_is_unknown() -> None:
    nested = "{Sid: end}"
    for number in range(7):
        nested = f"!If [C{number}, {{Sid: c{number}}}, {nested}]"
    found = [statement for _, statement in worlds(nested)]
    assert found[:-1] == [{"Sid": f"c{number}"} for number in range(6, 0, -1)]
    assert found[-1].startswith("\0")


def test_a_document_that_is_unknown() -> None:
    [(_, found)] = worlds("", document="!Ref Bare")
    assert found.startswith("\0")
