"""What docs/copies.md has people write: policies are those of the stacks, and copies stay."""

import json
import re
from typing import Any

import jmespath

from generator.docs.tables import COMPANION_PAGES
from tests.support.generated import COPIES, resolved, template
from tests.support.parameter_values import SOURCE_ACCOUNT

PAGE = COMPANION_PAGES[COPIES].read_text("utf-8")
BLOCKS = re.findall(r"^ *```json\n(.*?)^ *```", PAGE, re.DOTALL | re.MULTILINE)
KEY_STATEMENTS, VAULT_POLICY = map(json.loads, BLOCKS)
OTHER_ACCOUNT = "444455556666"


def statements(policy: dict[str, Any], *sids: str) -> list[dict[str, Any]]:
    return [each for each in policy["Statement"] if each["Sid"] in sids]


def test_a_key_of_ones_own_is_shared_as_the_stacks_own_is() -> None:
    vault = f"arn:aws:backup:us-east-1:{OTHER_ACCOUNT}:backup-vault:Copies"
    made = resolved(CreateVaultKmsKey="yes", CopyDestinationVaultArn=vault)
    policy = made.resources["SOCABackupVaultKey"]["KeyPolicy"]
    assert statements(policy, "UseForCopies", "GrantForCopies") == KEY_STATEMENTS


def test_the_clusters_vault_accepts_copies_as_the_destination_does() -> None:
    made = resolved(of=COPIES, SourceAccountId=SOURCE_ACCOUNT)
    [accepted] = made.resources["SOCABackupVault"]["AccessPolicy"]["Statement"]
    root = {"Principal": {"AWS": f"arn:aws:iam::{OTHER_ACCOUNT}:root"}}
    assert VAULT_POLICY["Statement"] == [accepted | root]


def test_what_comes_back_is_kept_longer_than_a_backup_is_by_default() -> None:
    """The days count from the backup: with as many as it had, an old copy would be gone at once."""
    section = PAGE.partition("## Bring a copy back")[2].partition("\n## ")[0]
    days = [int(each) for each in re.findall(r"DeleteAfterDays=(\d+)", section)]
    assert len(days) == 2
    assert min(days) > 2 * int(template()["Parameters"]["RetentionDays"]["Default"])


def test_what_is_kept_for_a_year_was_to_go_earlier_and_does_not_move() -> None:
    """The rest would be deleted earlier than now, or be refused."""
    [query] = re.findall(r"--query '(RecoveryPoints\[\?Lifecycle[^']*)'", PAGE)
    lifecycles = {
        "daily": {"DeleteAfterDays": 30},
        "longer": {"DeleteAfterDays": 400},
        "moves": {"MoveToColdStorageAfterDays": 30, "DeleteAfterDays": 150},
        "for ever": {},
    }
    points = [{"RecoveryPointArn": name, "Lifecycle": each} for name, each in lifecycles.items()]
    kept = jmespath.search(query, {"RecoveryPoints": points})  # type: ignore[no-untyped-call]  # no annotations
    assert kept == [["daily"]]
