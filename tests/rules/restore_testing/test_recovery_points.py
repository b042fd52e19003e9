"""E9571: in which vaults, and how far back, a restore test looks."""

from typing import Any

import pytest

from tests.rules.restore_testing.support import HERE, NO, messages, restore_plan, restore_selection
from tests.rules.support import agree, vault

NOT_THAT_VAULT = {
    "IncludeVaults": "tests no recovery point of that vault",
    "ExcludeVaults": "does not exclude that vault",
}


@pytest.mark.parametrize("name", sorted(NOT_THAT_VAULT))
@pytest.mark.parametrize(
    ("arn", "fault"),
    [
        ("*", None),
        ("arn:aws:backup:eu-west-1:111122223333:backup-vault:nightly", None),
        ("arn:aws:backup:*:*:backup-vault:*", None),
        ("arn:aws-cn:backup:*:111122223333:backup-vault:soca-*", None),
        ({"Fn::Sub": HERE + "soca-*"}, None),
        ({"Fn::GetAtt": ["Vault", "BackupVaultArn"]}, None),
        ({"Ref": "Given"}, None),
        ({"Fn::If": ["On", NO, NO]}, None),
        ({"Ref": "Vault"}, "use its ARN, !GetAtt Vault.BackupVaultArn"),
        ("nightly", "it is not the ARN of a vault"),
        ("soca-*", "it is not the ARN of a vault"),
        ({"Fn::Sub": HERE.replace("vault:", "vault/") + "a"}, "it has 'backup-vault/a' where"),
        ("arn:aws:backup:*:*:backup-vault/*", "it has 'backup-vault/*' where"),
        ("arn:aws:ec2:*:*:instance/*", "it is an ARN of 'ec2'"),
        ("arn:aws:backup:cn-north-1:*:backup-vault:a", "in partition 'aws-cn'"),
    ],
)
def test_vaults(name: str, arn: Any, fault: str | None) -> None:
    found = messages("E9571", restore_plan({name: [arn]}), restore_selection(), Vault=vault())
    agree(found, [fault] if fault else [])
    assert all(found_one.startswith(name) for found_one in found)
    assert all(NOT_THAT_VAULT[name] in found_one for found_one in found)


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("SelectionWindowDays", 1, 365),
        ("StartWindowHours", 1, 168),
        ("ValidationWindowHours", 0, 168),
    ],
)
@pytest.mark.parametrize("form", [int, str])
def test_ranges(name: str, low: int, high: int, form: Any) -> None:
    def count(number: int) -> int:
        where: dict[str, dict[str, Any]] = {name: {name: form(number)}}
        plan = restore_plan(where.get("SelectionWindowDays"), **where.get("StartWindowHours", {}))
        selection = restore_selection(**where.get("ValidationWindowHours", {}))
        return len(messages("E9571", plan, selection))

    assert [count(number) for number in (low - 1, low, high, high + 1)] == [1, 0, 0, 1]
