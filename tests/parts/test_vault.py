"""The vault is a new one with the given key, or the one that an earlier stack left behind."""

import pytest

from tests.support.errors import RefusedError
from tests.support.generated import CLUSTER, every_option, resolved

KEY = every_option()["VaultKmsKeyArn"]


def test_a_new_vault_is_named_for_the_cluster_and_has_the_managed_key() -> None:
    assert resolved().resources["SOCABackupVault"] == {
        "BackupVaultName": f"Vault-{CLUSTER}",
        "BackupVaultTags": {"Name": f"Vault-{CLUSTER}", "soca:ClusterId": CLUSTER},
    }


def test_a_new_vault_has_the_given_key() -> None:
    assert resolved(VaultKmsKeyArn=KEY).resources["SOCABackupVault"]["EncryptionKeyArn"] == KEY


def test_an_adopted_vault_is_not_made_again() -> None:
    made = resolved(ExistingVaultName=f"Vault-{CLUSTER}")
    assert "AWS::Backup::BackupVault" not in made.types.values()


def test_a_key_for_an_adopted_vault_is_refused() -> None:
    with pytest.raises(RefusedError, match="the vault stays as it is"):
        resolved(ExistingVaultName="Vault-of-old", VaultKmsKeyArn=KEY)


def test_where_rules_are_not_evaluated_the_adopted_vault_keeps_its_key() -> None:
    """Nested stacks may not evaluate rules; then the safer reading deploys: backups go on."""
    from tests.support.generated import template
    from tests.support.resolver import resolve

    given = {"ClusterId": CLUSTER, "ExistingVaultName": "Vault-of-old", "VaultKmsKeyArn": KEY}
    made = resolve(template(), given, evaluate_rules=False)
    assert set(made.types) == {"SOCABackupPlan", "SOCABackupSelection", "SOCAAWSBackupRole"}
    assert made.outputs["BackupVaultName"] == "Vault-of-old"
    assert KEY not in str(made.resources)
