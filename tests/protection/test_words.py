"""Lengths, schedules and ARNs in words."""

import pytest
from _backup.cron import parse
from _backup.matching import unknown

from generator.protection import words
from generator.protection.model import Tag


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (1, "1 day"),
        (183, "183 days"),
        (365, "1 year"),
        (366, "366 days"),
        (2555, "7 years"),
        ("x", "x days"),
    ],
)
def test_days_are_years_where_they_are_whole_ones(number: int | str, said: str) -> None:
    assert words.days(number) == said


@pytest.mark.parametrize(
    ("cron", "said"),
    [
        ("0 5 * * ? *", "every day at 05:00"),
        ("0 5 ? * * *", "every day at 05:00"),
        ("0 1,13 * * ? *", "every day at 01:00 and 13:00"),
        ("0 * * * ? *", "every hour at minute 00"),
        ("0 5 ? * SUN *", "every Sunday at 05:00"),
        ("0 5 ? * 2,4 *", "every Monday and Wednesday at 05:00"),
        ("30 22 ? * MON-FRI *", "from Monday to Friday at 22:30"),
        ("0 5 1 * ? *", "on the 1st day of each month at 05:00"),
        ("0 5 12 * ? *", "on the 12th day of each month at 05:00"),
        ("0 5 22 * ? *", "on the 22nd day of each month at 05:00"),
        ("0 5 23 * ? *", "on the 23rd day of each month at 05:00"),
        ("15 4 L * ? *", "on the last day of each month at 04:15"),
        # Nothing that is unusual is told by halves.
        *(
            (cron, f"cron({cron})")
            for cron in (
                "0 5 1 JAN,JUL ? *", "0 5 * * ? 2030", "0 5 LW * ? *", "0 5 ? * 6L *",
                "0 5 ? * 2#1 *", "0 5 1/7 * ? *", "0 5 ? * MON-WED,SAT *", "0/5 5 * * ? *",
            )
        ),
    ],
)  # fmt: skip
def test_a_schedule_in_words(cron: str, said: str) -> None:
    expression = f"cron({cron})"
    assert words.schedule(parse(expression), expression) == said


def test_what_a_tag_has_to_be() -> None:
    operators = ("StringEquals", "StringLike", "StringNotEquals", "StringNotLike", "Odd")
    tags = [Tag(operator, key, "v") for key, operator in zip("abcde", operators, strict=True)]
    said = "a=v and b like v and c other than v and d not like v and e Odd v"
    assert words.tags_text(tags) == said


def test_an_arn_is_told_by_its_name_and_by_where_it_is() -> None:
    vault = "arn:aws:backup:us-west-2:111122223333:backup-vault:copies"
    assert words.named(vault) == "copies (us-west-2, account 111122223333)"
    assert words.named(vault, alone=True) == "copies"
    own = f"arn:aws:iam::{unknown('AWS::AccountId')}:role/path/admin"
    assert words.named(own) == "path/admin"
    assert words.named("Vault-a") == "Vault-a"


ROLES = '"aws:PrincipalArn": ["arn:aws:iam::111122223333:role/a", "arn:aws:iam::1:role/b"]'


@pytest.mark.parametrize(
    ("who", "said"),
    [
        ("*", "everybody"),
        ("111122223333", "account 111122223333"),
        ("arn:aws:iam::111122223333:role/a", "a (account 111122223333)"),
        (
            f'1 if {{"ArnLike": {{{ROLES}}}}}',
            "1, only by the roles a (account 111122223333) and b",
        ),
        ('1 if {"StringEquals": {"AWS:principalarn": "x"}}', "1, only by the role x"),
        # Nothing that is more than a role is told by halves.
        *(
            (f"1 if {condition}", f"1, only if {condition}")
            for condition in (
                '{"ArnNotEquals": {"aws:PrincipalArn": "x"}}',
                '{"StringEquals": {"aws:PrincipalArn": "x", "aws:PrincipalTag/a": "b"}}',
                '{"ArnEquals": {"aws:PrincipalArn": "x"}, "Bool": {"aws:SecureTransport": "true"}}',
                '{"StringEquals": {"aws:PrincipalOrgID": "o-1"}}',
                "no JSON",
            )
        ),
    ],
)
def test_whom_a_policy_names(who: str, said: str) -> None:
    assert words.whom(who) == said
