"""What is protected beyond EC2, EBS and EFS, and how deeply: FSx, and Windows instances at rest."""

from troposphere import If
from troposphere.backup import AdvancedBackupSettingResourceType
from troposphere.iam import Policy

from generator.stacks.declarations import Flag, Switch
from generator.stacks.policies import role

GROUP = "Protected resources"

PROTECT_FSX = Switch(
    "ProtectFSx",
    group=GROUP,
    label="Protect FSx",
    Description=(
        "yes: FSx file systems and volumes with the tag are backed up too; no: they are not. Tag "
        "the volumes of ONTAP and OpenZFS; OpenZFS also needs the service opt-in of FSx. Lustre "
        "scratch and data-linked file systems cannot be backed up"
    ),
)

WINDOWS_VSS = Switch(
    "WindowsVSS",
    group=GROUP,
    label="Pause Windows applications (VSS)",
    Description=(
        "yes: Windows instances with the VSS components, such as virtual desktops, write out their "
        "data before a backup; no: they are backed up as they run"
    ),
)

PROTECTS_FSX = Flag("ProtectsFSx", PROTECT_FSX.is_on)
PAUSES_WINDOWS = Flag("PausesWindows", WINDOWS_VSS.is_on)

DECLARED = (PROTECT_FSX, WINDOWS_VSS, PROTECTS_FSX, PAUSES_WINDOWS)


def windows_settings() -> If:
    """Return the plan's settings for Windows; Linux instances are backed up as without them.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/windows-backups.html
    """
    return PAUSES_WINDOWS.then(
        [
            AdvancedBackupSettingResourceType(
                ResourceType="EC2", BackupOptions={"WindowsVSS": "enabled"}
            )
        ]
    )


def windows_policy() -> If:
    """Return the role's policy for the commands that VSS takes."""
    return PAUSES_WINDOWS.then(
        Policy(PolicyName="PauseWindows", PolicyDocument=role.pause_windows())
    )
