"""What is wrong with the ARN of a vault."""

import re
import sys
from pathlib import Path

sys.path.extend({str(Path(__file__).parents[1])} - {*sys.path})  # cfn-lint loads each file alone

from _backup.cases import TOKEN, Case
from _backup.template import arn_parts, can_become_arn, vault_named
from _backup.values import Values

FORM = "arn:<partition>:backup:<region>:<account>:backup-vault:<name>"
# How the names of regions begin, by partition; all others are in `aws`,
# except those of isolated partitions, which are not checked.
REGIONS = {"cn-": "aws-cn", "us-gov-": "aws-us-gov", "eusc-": "aws-eusc"}
ISOLATED = re.compile(r"[a-z]{2}-iso")


def vault_arn_fault(values: Values, reference: Case) -> str | None:
    """Return why the value is not a vault's ARN, as far as it is known; None: no reason found."""
    text = str(reference.text)
    vault = vault_named(values, reference)
    if vault and TOKEN.fullmatch(text):
        return f"that is the vault's name: use its ARN, !GetAtt {vault.name}.BackupVaultArn"
    parts = arn_parts(text)
    if parts is None:
        return None if can_become_arn(text) else f"it is not the ARN of a vault: use {FORM}"
    _, partition, service, region, _, *resource = parts
    if not TOKEN.search(service) and service != "backup":
        return f"it is an ARN of {service!r}, not of a vault: use {FORM}"
    if not TOKEN.match(resource[0]) and resource[0] != "backup-vault":
        return (
            f"it has {resource[0]!r} where the ARN of a vault has backup-vault:<name>: use {FORM}"
        )
    if not TOKEN.search(partition + region):
        expected = partition_of(region)
        if expected not in (None, partition):
            return (
                f"region {region!r} is in partition {expected!r}, not in {partition!r}: use the "
                "partition of the region"
            )
    return None


def partition_of(region: str) -> str | None:
    """Return the partition of the region; None: an isolated one, whose regions are not known."""
    for beginning, partition in REGIONS.items():
        if region.startswith(beginning):
            return partition
    return None if ISOLATED.match(region) else "aws"
