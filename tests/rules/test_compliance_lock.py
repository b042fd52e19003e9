"""W9514: locks for good."""

from typing import Any

import pytest

from tests.rules.support import agree, found, template, vault

PARAMETERS = {
    "Grace": {"Type": "Number", "Default": 0},
    "Typed": {"Type": "String", "Default": ""},
    "Days": {"Type": "Number"},
}
CONDITIONS = {
    "HasGrace": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Grace"}, "0"]}]},
    "Never": {"Fn::Equals": ["a", "b"]},
}
NO = {"Ref": "AWS::NoValue"}


@pytest.mark.parametrize(
    ("grace", "expected"),
    [
        (3, ["ChangeableForDays 3 makes this"]),
        ({"Ref": "Days"}, ["ChangeableForDays '${Days}'"]),
        (NO, []),
        ({"Fn::If": ["Never", 3, NO]}, []),
        ({"Fn::If": ["HasGrace", 30, NO]}, ["ChangeableForDays 30"]),
        # Possible, but with a number only the deployment knows; its default cannot be it.
        ({"Fn::If": ["HasGrace", {"Ref": "Grace"}, NO]}, []),
    ],
)
def test_grace(grace: Any, expected: list[str]) -> None:
    configuration = {"MinRetentionDays": 1, "ChangeableForDays": grace}
    whole = template(
        Vault=vault(LockConfiguration=configuration), Parameters=PARAMETERS, Conditions=CONDITIONS
    )
    agree(found("W9514", whole), expected)


def test_governance_mode() -> None:
    assert found("W9514", template(Vault=vault(LockConfiguration={"MinRetentionDays": 1}))) == []
