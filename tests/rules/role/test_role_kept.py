"""W9517: roles and policies that are deleted before their recovery points."""

from typing import Any

import pytest

from tests.rules.support import agree, found, role, selection, template

KEPT = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
DOCUMENT = {"Version": "2012-10-17", "Statement": []}
REF = {"Ref": "Role"}


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        (KEPT, []),
        ({}, ["Role 'Role' is not kept"]),
        ({"DeletionPolicy": "Retain"}, ["add UpdateReplacePolicy: Retain"]),
        ({**KEPT, "DeletionPolicy": "Delete"}, ["add DeletionPolicy: RetainExceptOnCreate"]),
        ({"DeletionPolicy": "Delete", "UpdateReplacePolicy": "Delete"}, []),
    ],
)
def test_roles(attributes: dict[str, Any], expected: list[str]) -> None:
    bare = {"Type": "AWS::IAM::Role", "Properties": role()["Properties"], **attributes}
    agree(found("W9517", template(Role=bare, Selection=selection())), expected)


@pytest.mark.parametrize(
    ("kind", "properties", "expected"),
    [
        ("Policy", {"Roles": [REF]}, ["Policy 'Extra' of role 'Role' is not kept"]),
        ("RolePolicy", {"RoleName": REF}, ["Policy 'Extra'"]),
        ("ManagedPolicy", {"Roles": [REF]}, ["Policy 'Extra'"]),
        ("Policy", {"Roles": ["named"]}, ["Policy 'Extra'"]),
        ("Policy", {"Roles": ["other"]}, []),
        ("Policy", {"Users": ["named"]}, []),
    ],
)
@pytest.mark.parametrize("kept", [True, False])
def test_policies_that_are_resources(
    kind: str, properties: dict[str, Any], expected: list[str], *, kept: bool
) -> None:
    extra = {
        "Type": f"AWS::IAM::{kind}",
        "Properties": {"PolicyDocument": DOCUMENT, **properties},
        **(KEPT if kept else {}),
    }
    whole = template(Role=role(RoleName="named"), Extra=extra, Selection=selection())
    agree(found("W9517", whole), [] if kept else expected)


@pytest.mark.parametrize(
    ("kind", "holder", "expected"),
    [
        ("Policy", {"Roles": [REF]}, []),  # it cannot be replaced
        ("RolePolicy", {"RoleName": REF}, ["add UpdateReplacePolicy: Retain"]),
        ("ManagedPolicy", {"Roles": [REF]}, ["add UpdateReplacePolicy: Retain"]),
    ],
)
def test_policies_that_can_be_replaced(
    kind: str, holder: dict[str, Any], expected: list[str]
) -> None:
    extra = {
        "Type": f"AWS::IAM::{kind}",
        "DeletionPolicy": "Retain",
        "Properties": {"PolicyDocument": DOCUMENT, **holder},
    }
    agree(found("W9517", template(Role=role(), Extra=extra, Selection=selection())), expected)


def test_a_managed_policy_that_the_role_names() -> None:
    extra = {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": DOCUMENT}}
    whole = template(
        Role=role(ManagedPolicyArns=[{"Ref": "Extra"}]), Extra=extra, Selection=selection()
    )
    agree(found("W9517", whole), ["Policy 'Extra' of role 'Role'"])


def test_roles_that_no_selection_uses_are_left_alone() -> None:
    bare = {"Type": "AWS::IAM::Role", "Properties": role()["Properties"]}
    assert found("W9517", template(Role=bare, Selection=selection(IamRoleArn="x"))) == []
