"""What a value says about itself."""

from typing import Any

import pytest

from tests.rules.support import shared


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (7, 7),
        ("7", 7),
        (" -1 ", -1),
        (7.0, 7),
        (7.5, None),
        ("7.5", None),
        ("seven", None),
        (True, None),
        ([7], None),
        pytest.param(16**6000, None, id="thousands of digits"),
        pytest.param("9" * 6000, None, id="text of thousands of digits"),
    ],
)
def test_numbers(value: Any, number: int | None) -> None:
    assert shared("_backup.cases").Case(value, (), {}).number == number


def test_a_number_of_thousands_of_digits_has_a_text() -> None:
    assert shared("_backup.cases").Case(16**6000, (), {}).text == "0x1" + "0" * 6000


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("${Vault}", "!Ref Vault"),
        ("${Vault.BackupVaultArn}", "!GetAtt Vault.BackupVaultArn"),
        ("${AWS::Region}", "'${AWS::Region}'"),
        ("a-${Vault}", "'a-${Vault}'"),
        ("${resolve:ssm:/x}", "'${resolve:ssm:/x}'"),
        ("a-${#b39b41da04a4}", "'a-...'"),
    ],
)
def test_messages_show_a_reference_as_authors_write_it(text: str, shown: str) -> None:
    cases = shared("_backup.cases")
    assert str(cases.Case(cases.Partial(text), (), {})) == shown
