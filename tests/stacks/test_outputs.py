"""What the stack tells the one that nests it."""

import pytest

from generator import VERSION
from generator.stacks import MAIN, TEMPLATES
from tests.support.generated import COPIES, all_on, resolved, template
from tests.support.parameter_values import ACCOUNT, ON, REGIONS, on


@pytest.mark.parametrize(
    ("of", "given"),
    [
        *((of, {}) for of in TEMPLATES),
        *((of, all_on(of)) for of in TEMPLATES),
        (MAIN, on("ExistingVaultName")),
        (COPIES, on("ExistingVaultName")),
    ],
)
def test_a_parent_can_read_every_output(of: str, given: dict[str, str]) -> None:
    outputs = resolved(of=of, **given).outputs
    assert list(outputs) == list(template(of)["Outputs"])
    assert all(outputs.values())
    assert outputs["TemplateVersion"] == VERSION


@pytest.mark.parametrize("of", TEMPLATES)
def test_every_output_is_described_and_none_has_a_condition_or_an_export(of: str) -> None:
    for output in template(of)["Outputs"].values():
        assert set(output) == {"Description", "Value"}
        assert output["Description"].strip()


def test_the_vault_of_copies_is_not_described_as_one_under_a_key_of_aws() -> None:
    described = template(COPIES)["Outputs"]["VaultKmsKeyArn"]["Description"]
    assert "aws/backup" not in described
    assert "aws/backup" in template(MAIN)["Outputs"]["VaultKmsKeyArn"]["Description"]


def test_the_outputs_of_a_new_vault() -> None:
    outputs = resolved().outputs
    assert outputs["BackupVaultName"] == "<SOCABackupVault>"
    assert outputs["BackupVaultArn"] == "<SOCABackupVault.BackupVaultArn>"
    assert outputs["BackupPlanId"] == "<SOCABackupPlan>"
    assert outputs["BackupPlanArn"] == "<SOCABackupPlan.BackupPlanArn>"
    assert outputs["BackupSelectionId"] == "<SOCABackupSelection.SelectionId>"
    assert outputs["BackupRoleName"] == "<SOCAAWSBackupRole>"
    assert outputs["BackupRoleArn"] == "<SOCAAWSBackupRole.Arn>"


@pytest.mark.parametrize("partition", REGIONS)
@pytest.mark.parametrize(
    ("of", "arn"), [(MAIN, "BackupVaultArn"), (COPIES, "CopyDestinationVaultArn")]
)
def test_the_outputs_of_an_adopted_vault(of: str, arn: str, partition: str) -> None:
    region, name = REGIONS[partition], ON["ExistingVaultName"]
    outputs = resolved(region, of=of, ExistingVaultName=name).outputs
    assert outputs["BackupVaultName"] == name
    assert outputs[arn] == (f"arn:{partition}:backup:{region}:{ACCOUNT}:backup-vault:{name}")
    assert outputs["VaultConsoleUrl"].endswith(f"#/backupvaults/details/{name}")
