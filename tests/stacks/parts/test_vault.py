"""The vault is a new one with the given key, or the one that an earlier stack left behind."""

import pytest

from tests.local_aws.errors import RefusedError
from tests.support.generated import resolved, without_rules
from tests.support.parameter_values import CLUSTER, ON, on

KEY = ON["VaultKmsKeyArn"]


def test_a_new_vault_is_named_for_the_cluster_and_has_the_managed_key() -> None:
    assert resolved().resources["SOCABackupVault"] == {
        "BackupVaultName": f"Vault-{CLUSTER}",
        "BackupVaultTags": {"Name": f"Vault-{CLUSTER}", "soca:ClusterId": CLUSTER},
    }


ADOPTED = {"ExistingVaultName": "Vault-of-old"}
FORBIDDEN = [
    ({"CreateVaultKmsKey": "yes", "VaultKmsKeyArn": KEY}, "The vault has one key", (KEY, "none")),
    ({"VaultLock": "compliance"}, "type permanent into", ("aws/backup", "governance")),
    *(
        ({**ADOPTED, **asked}, "the vault stays as it is", ("unknown: adopted vault",) * 2)
        for asked in (
            on("VaultKmsKeyArn"),
            on("CreateVaultKmsKey"),
            {"VaultLock": "governance"},
            on("VaultLock", "VaultLockConfirmation"),
            on("DenyRecoveryPointDeletion"),
        )
    ),
]
"""What is refused, with which sentence -> key and lock where rules are not evaluated."""


@pytest.mark.parametrize(("given", "sentence", "reading"), FORBIDDEN)
def test_what_is_refused_and_what_deploys_where_rules_are_not_evaluated(
    given: dict[str, str], sentence: str, reading: tuple[str, str]
) -> None:
    with pytest.raises(RefusedError, match=sentence):
        resolved(**given)
    made = without_rules(**given)
    assert (made.outputs["VaultKmsKeyArn"], made.outputs["VaultLockMode"]) == reading
    assert "AWS::KMS::Key" not in made.types.values()
    adopted = "ExistingVaultName" in given
    assert made.outputs["VaultManagedByStack"] == ("no" if adopted else "yes")
    assert ("SOCABackupVault" in made.resources) != adopted
    assert "ChangeableForDays" not in str(made.resources)
