"""What is different between two values can be seen, however long they are."""

import json
from typing import Any

import pytest

from generator.cloudformation.evaluate import ABSENT
from generator.compare.report import as_json
from generator.compare.values import LONGEST, difference, shown
from tests.support.compared import RULE, VAULT, Slip, after, all_of, put

SAME = "one two three four five six seven eight nine ten " * 4
VAULT_REF = {"Ref": "Vault"}
STATEMENT = {"Sid": SAME, "Effect": "Deny", "Action": ["backup:DeleteRecoveryPoint"]}

DIFFERENCES: dict[str, tuple[Any, Any, str]] = {
    "short": ("a", "b", "a -> b"),
    "nothing before": (ABSENT, "a", "none -> a"),
    "an empty text": ("", "a", "empty -> a"),
    "a text and a reference": ("${Vault}", VAULT_REF, '"${Vault}" -> {"Ref": "Vault"}'),
    "no value and a text": (ABSENT, "none", 'none -> "none"'),
    "a reference": (VAULT_REF, {"Fn::GetAtt": ["Vault", "Arn"]}, "${Vault} -> ${Vault.Arn}"),
    "the end of a long text": (
        SAME + "x",
        SAME + "y",
        "...ix seven eight nine ten x -> ...ix seven eight nine ten y",
    ),
    "the middle of a long text": (
        SAME + "x" + SAME,
        SAME + "y" + SAME,
        " seven eight nine ten xone two three four five six seven eight nine... -> ",
    ),
    "the start of a long text": ("x" + SAME, "y" + SAME, f"x{SAME[:68]}... -> y{SAME[:68]}..."),
    "a long text that goes on": (SAME, SAME + "x", "...ix seven eight nine ten  -> "),
    "a text with lines": ("a\nb", "a\tb", "a\\nb -> a\\tb"),
    "an item more": (["a", "b"], ["a", "c", "b"], "added c"),
    "an item less": (["a", "b"], ["b"], "removed a"),
    "other items": (["a", "b"], ["b", "c"], "added c; removed a"),
    "an item twice": (["a"], ["a", "a"], "added a"),
    "another order": (["a", "b"], ["b", "a"], "the same items in another order"),
    "very many items": ([], [*"abcdefghi"], "added a, b, c, d, e, f, and 3 more"),
    "a part of a long item": (
        [STATEMENT],
        [STATEMENT | {"Effect": "Allow"}, "x"],
        'n ", "Effect": "Deny", "Action": ["backup:DeleteRecoveryPoint"]} -> ',
    ),
    "a list and no list": (["a"], VAULT_REF, '["a"] -> ${Vault}'),
}


@pytest.mark.parametrize(("old", "new", "text"), DIFFERENCES.values(), ids=DIFFERENCES)
def test_what_is_different(old: Any, new: Any, text: str) -> None:
    said = difference(old, new)
    assert text in said
    before, arrow, now = said.partition(" -> ")
    assert not arrow or before != now
    assert len(before) <= LONGEST + 3


def test_one_value_is_cut() -> None:
    assert shown(SAME) == SAME[:69] + "..."


NAMES = [f"arn:aws:iam::111122223333:role/{'long' * 8}-{number}" for number in range(9)]

# What is done, twice; what the text has to say.
TOLD: dict[str, tuple[Slip, Slip, str]] = {
    "a list in a property": (
        put(f"{VAULT}/AccessPolicy", {"Statement": [{"Action": ["a", "b", "c"]}]}),
        put(f"{VAULT}/AccessPolicy/Statement/0/Action", ["b", "c", "d"]),
        "AccessPolicy.Statement.0.Action: added d; removed a",
    ),
    "a long list in a property": (
        put(f"{VAULT}/BackupVaultTags", {"roles": NAMES}),
        put(f"{VAULT}/BackupVaultTags/roles", NAMES[1:]),
        f"BackupVaultTags.roles: removed {NAMES[0]}",
    ),
    "maps in a list": (
        put(f"{RULE}/CopyActions", [{"A": "1"}, {"A": "2"}]),
        put(f"{RULE}/CopyActions/1/A", "3"),
        "CopyActions.1.A: 2 -> 3",
    ),
    "allowed values": (
        put("Parameters/Mode/AllowedValues", ["none", "soft", "hard", *NAMES]),
        put("Parameters/Mode/AllowedValues", ["none", "soft", "hard", *NAMES[1:]]),
        f"AllowedValues: removed {NAMES[0]}",
    ),
    "a pattern": (
        put("Parameters/Cluster/AllowedPattern", SAME + "x"),
        put("Parameters/Cluster/AllowedPattern", SAME + "y"),
        "...ix seven eight nine ten x -> ...ix seven eight nine ten y: check that",
    ),
    "a default": (
        put("Parameters/KeyArn/Default", SAME + "x"),
        put("Parameters/KeyArn/Default", SAME + "y"),
        "...ix seven eight nine ten x -> ...ix seven eight nine ten y: a stack keeps",
    ),
    "an output": (
        put("Outputs/VaultName/Value", SAME + "x"),
        put("Outputs/VaultName/Value", SAME + "y"),
        "...ix seven eight nine ten x -> ...ix seven eight nine ten y",
    ),
    "an export": (
        put("Outputs/VaultName/Export", {"Name": "x"}),
        put("Outputs/VaultName/Export", {"Name": "y"}),
        '{"Name": "x"} -> {"Name": "y"}: stacks may import it',
    ),
}


@pytest.mark.parametrize(("first", "second", "text"), TOLD.values(), ids=TOLD)
def test_every_kind_of_change_shows_it(first: Slip, second: Slip, text: str) -> None:
    comparison = after(all_of(first, second), first)
    assert any(text in change.text for change in comparison.changes)


def test_json_has_the_whole_values() -> None:
    first = put(f"{VAULT}/BackupVaultTags", {"a": SAME + "x"})
    comparison = after(put(f"{VAULT}/BackupVaultTags", {"a": SAME + "y", "b": "c"}), first)
    (change,) = [each for each in json.loads(as_json(comparison))["changes"] if each["values"]]
    assert change["values"] == [
        {"path": "BackupVaultTags.a", "old": SAME + "x", "new": SAME + "y"},
        {"path": "BackupVaultTags.b", "new": "c"},
    ]
