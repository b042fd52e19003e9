"""The protections of the Backup template: a value for each, and the combinations it forbids."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from tests.support.generated import (
    ACCOUNT,
    CLUSTER,
    REGIONS,
    every_option,
    inline_policies,
    resolved,
)

EMAIL = "admin@example.com"
TOPIC = f"arn:aws:sns:us-east-1:{ACCOUNT}:alerts"
COPY_TO = "arn:aws:backup:us-west-2:111122223333:backup-vault:Vault_of_copies"
ADMIN = "arn:aws:iam::111122223333:role/backup-admin"
VAULT = f"Vault-{CLUSTER}"

OFF = {
    "WeeklyRetention": "none",
    "MonthlyRetention": "none",
    "CopyDestinationVaultArn": "",
    "CreateVaultKmsKey": "no",
    "VaultLock": "none",
    "DenyRecoveryPointDeletion": "no",
    "NotificationEmail": "",
    "NotificationTopicArn": "",
    "ProtectFSx": "no",
    "WindowsVSS": "no",
}
"""The parameters that switch a protection on, with the values that leave it off."""

IN_PLACE: dict[str, dict[str, str]] = {
    "weekly": {"WeeklyRetention": "6-months"},
    "monthly": {"MonthlyRetention": "7-years"},
    "copies": {"CopyDestinationVaultArn": COPY_TO},
    "governance": {"VaultLock": "governance"},
    "compliance": {"VaultLock": "compliance", "VaultLockConfirmation": "permanent"},
    "deny": {"DenyRecoveryPointDeletion": "yes"},
    "deny-but-admin": {"DenyRecoveryPointDeletion": "yes", "RecoveryPointAdminRoleArn": ADMIN},
    "email": {"NotificationEmail": EMAIL},
    "topic": {"NotificationTopicArn": TOPIC},
    "email-and-topic": {"NotificationEmail": EMAIL, "NotificationTopicArn": TOPIC},
    "fsx": {"ProtectFSx": "yes"},
    "vss": {"WindowsVSS": "yes"},
}
"""The protections that a stack's update switches on and off."""

AT_CREATION = {"key": {"CreateVaultKmsKey": "yes"}}
"""The protection that is decided when the stack is created."""

EVERYTHING = {
    **IN_PLACE["weekly"],
    **IN_PLACE["monthly"],
    **IN_PLACE["copies"],
    **IN_PLACE["compliance"],
    **IN_PLACE["deny-but-admin"],
    **IN_PLACE["email"],
    **IN_PLACE["fsx"],
    **IN_PLACE["vss"],
    **AT_CREATION["key"],
    "WeeklySchedule": "cron(0 3 ? * 2 *)",
    "MonthlySchedule": "cron(15 4 L * ? *)",
    "SilenceAlarmHours": "74",
    "VaultLockGraceDays": "60",
}


def role_options(partition: str = "aws") -> dict[str, str]:
    """Return the protections that add to the role, with the longest vault name for copies."""
    region = REGIONS[partition]
    vault = f"arn:{partition}:backup:{region}:111122223333:backup-vault:" + "v" * 50
    return {"ProtectFSx": "yes", "WindowsVSS": "yes", "CopyDestinationVaultArn": vault}


def forbidden(given: Mapping[str, str]) -> set[str]:
    """Return which sentences of the refusals apply, by the parameter they are about."""

    def value(name: str) -> str:
        return given.get(name, OFF.get(name, ""))

    why = set()
    if value("CreateVaultKmsKey") == "yes" and value("VaultKmsKeyArn"):
        why.add("The vault has one key")
    if value("VaultLock") == "compliance" and value("VaultLockConfirmation") != "permanent":
        why.add("A compliance lock can never be lifted")
    protected = {
        value("CreateVaultKmsKey") == "yes",
        value("VaultKmsKeyArn") != "",
        value("VaultLock") != "none",
        value("DenyRecoveryPointDeletion") == "yes",
    }
    if value("ExistingVaultName") and True in protected:
        why.add("With ExistingVaultName the vault stays as it is")
    return why


@cache
def full_role(partition: str = "aws") -> dict[str, Any]:
    """Return the inline policies of a role with every option."""
    given = {**every_option(partition), **role_options(partition)}
    return inline_policies(resolved(REGIONS[partition], **given))
