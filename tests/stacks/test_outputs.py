"""What the stack tells the one that nests it."""

import pytest

from generator import VERSION
from tests.support.generated import resolved, template
from tests.support.parameter_values import ACCOUNT, ON, REGIONS, everything, on


@pytest.mark.parametrize(
    "given",
    [{}, on("ExistingVaultName"), everything()],
    ids=["defaults", "adopted-vault", "everything"],
)
def test_a_parent_can_read_every_output(given: dict[str, str]) -> None:
    outputs = resolved(**given).outputs
    assert list(outputs) == list(template()["Outputs"])
    assert all(outputs.values())


def test_every_output_is_described_and_none_has_a_condition_or_an_export() -> None:
    for output in template()["Outputs"].values():
        assert set(output) == {"Description", "Value"}
        assert output["Description"].strip()


def test_the_outputs_of_a_new_vault() -> None:
    outputs = resolved().outputs
    assert outputs["BackupVaultName"] == "<SOCABackupVault>"
    assert outputs["BackupVaultArn"] == "<SOCABackupVault.BackupVaultArn>"
    assert outputs["BackupPlanId"] == "<SOCABackupPlan>"
    assert outputs["BackupPlanArn"] == "<SOCABackupPlan.BackupPlanArn>"
    assert outputs["BackupSelectionId"] == "<SOCABackupSelection.SelectionId>"
    assert outputs["BackupRoleName"] == "<SOCAAWSBackupRole>"
    assert outputs["BackupRoleArn"] == "<SOCAAWSBackupRole.Arn>"
    assert outputs["TemplateVersion"] == VERSION


@pytest.mark.parametrize("partition", REGIONS)
def test_the_outputs_of_an_adopted_vault(partition: str) -> None:
    region, name = REGIONS[partition], ON["ExistingVaultName"]
    outputs = resolved(region, ExistingVaultName=name).outputs
    assert outputs["BackupVaultName"] == name
    assert outputs["BackupVaultArn"] == (
        f"arn:{partition}:backup:{region}:{ACCOUNT}:backup-vault:{name}"
    )
    assert outputs["VaultConsoleUrl"].endswith(f"#/backupvaults/details/{name}")
