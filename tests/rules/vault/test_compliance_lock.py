"""W9514: permanent locks."""

from typing import Any

import pytest

from tests.rules.support import agree, found, template, vault

PARAMETERS = {
    "Grace": {"Type": "Number", "Default": 0},
    "Typed": {"Type": "String", "Default": ""},
    "Days": {"Type": "Number"},
    "Mode": {"Type": "String", "Default": "off", "AllowedValues": ["off", "compliance"]},
    "Stage": {"Type": "String", "Default": "production"},
}
CONDITIONS = {
    "HasGrace": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Grace"}, "0"]}]},
    "Never": {"Fn::Equals": ["a", "b"]},
    "Asked": {"Fn::Equals": [{"Ref": "Mode"}, "compliance"]},
    "Confirmed": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Typed"}, ""]}]},
    "AskedAndConfirmed": {"Fn::And": [{"Condition": "Asked"}, {"Condition": "Confirmed"}]},
    "IsProduction": {"Fn::Equals": [{"Ref": "Stage"}, "production"]},
    "HasDays": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Days"}, "0"]}]},
    "Far": {"Fn::Equals": [{"Ref": "AWS::Region"}, "eu-west-1"]},
}
NO = {"Ref": "AWS::NoValue"}


@pytest.mark.parametrize(
    ("grace", "expected"),
    [
        (3, ["ChangeableForDays 3 makes this"]),
        ({"Ref": "Days"}, ["ChangeableForDays !Ref Days makes"]),
        (NO, []),
        ({"Fn::If": ["Never", 3, NO]}, []),
        # Off unless somebody asks for it.
        ({"Fn::If": ["HasGrace", 30, NO]}, []),
        ({"Fn::If": ["HasGrace", {"Ref": "Grace"}, NO]}, []),
        ({"Fn::If": ["Asked", 30, NO]}, []),
        ({"Fn::If": ["AskedAndConfirmed", 30, NO]}, []),
        # On unless somebody refuses.
        ({"Fn::If": ["Asked", NO, 30]}, ["ChangeableForDays 30"]),
        ({"Fn::If": ["IsProduction", 30, NO]}, ["ChangeableForDays 30"]),
        # Nobody is asked, or has to answer.
        ({"Fn::If": ["Far", 30, NO]}, ["ChangeableForDays 30"]),
        ({"Fn::If": ["HasDays", 30, NO]}, ["ChangeableForDays 30"]),
    ],
)
def test_grace(grace: Any, expected: list[str]) -> None:
    configuration = {"MinRetentionDays": 1, "ChangeableForDays": grace}
    whole = template(
        Vault=vault(LockConfiguration=configuration), Parameters=PARAMETERS, Conditions=CONDITIONS
    )
    agree(found("W9514", whole), expected)


@pytest.mark.parametrize(
    "properties",
    [
        {"LockConfiguration": {"Fn::Transform": {"Name": "Macro"}}},
        {"LockConfiguration": {"Fn::FindInMap": ["Locks", "a", "b"]}},
        {"Fn::Transform": {"Name": "Macro"}},
    ],
)
def test_a_lock_that_only_the_deployment_knows(properties: dict[str, Any]) -> None:
    """It may have no grace time."""
    assert found("W9514", template(Vault=vault(**properties))) == []
