"""Links lead to the console of the partition."""

import pytest

from tests.support.generated import resolved


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("us-east-1", "console.aws.amazon.com"),
        ("eu-central-1", "console.aws.amazon.com"),
        ("cn-north-1", "console.amazonaws.cn"),
        ("us-gov-west-1", "console.amazonaws-us-gov.com"),
        # Their hosts are not published; what counts is that the stack deploys.
        ("us-iso-east-1", "console.aws.amazon.com"),
        ("us-isob-east-1", "console.aws.amazon.com"),
        ("eusc-de-east-1", "console.aws.amazon.com"),
    ],
)
def test_the_console_has_its_host_in_every_partition(region: str, host: str) -> None:
    outputs = resolved(region).outputs
    start = f"https://{region}.{host}/backup/home?region={region}#"
    assert outputs["VaultConsoleUrl"] == f"{start}/backupvaults/details/<SOCABackupVault>"
    assert outputs["PlanConsoleUrl"] == f"{start}/backupplan/details/<SOCABackupPlan>"
    assert outputs["JobsConsoleUrl"] == f"{start}/jobs"
