"""Windows instances, which can write their data to disk before a backup."""

from troposphere import If
from troposphere.backup import AdvancedBackupSettingResourceType
from troposphere.iam import Policy

from generator.stacks import protected_types
from generator.stacks.declarations import Flag, Switch
from generator.stacks.policies import role

WINDOWS_VSS = Switch(
    "WindowsVSS",
    group=protected_types.GROUP,
    label="Pause Windows applications (VSS)",
    Description=(
        "yes: Windows instances with the VSS components, such as virtual desktops, write their "
        "data to disk before a backup; no: they are backed up as they run"
    ),
)

PAUSES_WINDOWS = Flag("PausesWindows", WINDOWS_VSS.is_on)

DECLARED = (WINDOWS_VSS, PAUSES_WINDOWS)


def plan_settings() -> If:
    """Return the plan's settings for Windows; they do not affect Linux instances.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/windows-backups.html
    """
    return PAUSES_WINDOWS.then(
        [
            AdvancedBackupSettingResourceType(
                ResourceType="EC2", BackupOptions={"WindowsVSS": "enabled"}
            )
        ]
    )


def inline_policy() -> If:
    """Return the role's policy for the commands that VSS needs."""
    return PAUSES_WINDOWS.then(
        Policy(PolicyName="PauseWindows", PolicyDocument=role.pause_windows())
    )
