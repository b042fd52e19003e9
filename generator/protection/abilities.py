"""What a role needs to back up, restore, copy and expire each type that this is known for.

The requests are those of AWS's two managed policies for AWS Backup that a job cannot do without.
https://docs.aws.amazon.com/aws-backup/latest/devguide/security-iam-awsmanpol.html
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from _backup.actions import (
    ABOUT,
    COPYING,
    ON_RECOVERY_POINTS,
    RESTORING,
    SEARCHING,
    TAGGING,
    TYPES,
    WITHOUT_ARN,
    Needs,
)
from _backup.iam import Context
from _backup.matching import unknown

from generator.protection.model import Ability
from generator.protection.resource_types import name_of

BACKUP, RESTORE, COPY, EXPIRE = "backup", "restore", "copy", "expire"


class Request(NamedTuple):
    """An action, what it is about (service and resource of the ARN, ``*`` or an ARN), and more."""

    action: str
    about: str
    context: Context = {}  # noqa: RUF012 - nobody changes it


ANY = "*"
_INSTANCE, _VOLUME, _IMAGE, _SNAPSHOT = (
    f"ec2:{kind}/" for kind in ("instance", "volume", "image", "snapshot")
)
VSS = "ssm:document/AWSEC2-CreateVssSnapshot"
WITHOUT_ACCOUNT = {_IMAGE, _SNAPSHOT, VSS}
_LAUNCHED = (
    _IMAGE, _INSTANCE, _VOLUME, "ec2:network-interface/", "ec2:security-group/", "ec2:subnet/",
)  # fmt: skip
_FILES = "elasticfilesystem:file-system/"
_FSX, _FSX_VOLUME, _FSX_BACKUP, _FSX_MACHINE = (
    f"fsx:{kind}/" for kind in ("file-system", "volume", "backup", "storage-virtual-machine")
)
_POINT, VAULT, _KEY = "backup:recovery-point:", "backup:backup-vault:", "kms:key/"

# What an action is about besides the resource that is backed up.
_ABOUT: dict[str, tuple[str, ...]] = {
    **{action: (about,) for action, about in ABOUT.items()},
    **dict.fromkeys(WITHOUT_ARN, (ANY,)),
    **dict.fromkeys(ON_RECOVERY_POINTS, (_POINT,)),
    "ec2:CreateImage": (_IMAGE,),
    "ec2:CreateSnapshot": (_VOLUME, _SNAPSHOT),
    "ec2:CreateTags": (_SNAPSHOT,),
    "fsx:CreateBackup": (_FSX_BACKUP,),
    "fsx:DescribeBackups": (_FSX_BACKUP,),
    "fsx:DescribeFileSystems": (_FSX,),
    "fsx:DescribeVolumes": (_FSX_VOLUME,),
}
_BY_BACKUP: Context = {"aws:ResourceTag/aws:backup:source-resource": "an ARN"}
_NAMED: Context = {"aws:TagKeys": ["Name"]}
_SAYS: dict[str, Context] = {
    "ec2:CreateTags": _NAMED,
    "ec2:DeleteSnapshot": _BY_BACKUP,
    "ec2:DeregisterImage": _BY_BACKUP,
    "ec2:ModifyImageAttribute": _BY_BACKUP,
    "ec2:ModifySnapshotAttribute": _BY_BACKUP,
    "fsx:DeleteBackup": _BY_BACKUP,
}
_FIND_KEYS = [
    Request("kms:DescribeKey", _KEY),
    Request("kms:CreateGrant", _KEY, {"kms:GrantIsForAWSResource": "true"}),
]


def _use_keys(service: str, actions: str, context: Context) -> list[Request]:
    # In every partition, services call themselves as in the partition aws.
    through = {"kms:ViaService": f"{service}.{unknown('AWS::Region')}.amazonaws.com", **context}
    return [Request(f"kms:{action}", _KEY, through) for action in actions.split()]


_COPY_KEYS = [
    *_FIND_KEYS,
    *_use_keys(
        "ec2",
        "GenerateDataKeyWithoutPlaintext ReEncryptFrom ReEncryptTo",
        {"kms:EncryptionContextKeys": ["aws:ebs:id"]},
    ),
]
_RESTORE_KEYS = {
    service: [
        *_FIND_KEYS,
        *_use_keys(
            service,
            "Decrypt Encrypt GenerateDataKey GenerateDataKeyWithoutPlaintext ReEncryptFrom "
            "ReEncryptTo",
            {},
        ),
    ]
    for service in ("ec2", "elasticfilesystem")
}


def _tag(about: str, creation: str) -> Request:
    return Request("ec2:CreateTags", about, {**_NAMED, "ec2:CreateAction": creation})


def _describe(*what: str) -> list[Request]:
    return [Request(f"ec2:Describe{each}", ANY) for each in what]


# What the tables of the rules do not have: they ask only for what every backup needs.
_BESIDES: dict[tuple[str, str], list[Request]] = {
    ("EBS", COPY): _COPY_KEYS,
    ("EBS", RESTORE): [
        *(Request(action, about) for action in RESTORING["EBS"] for about in (_SNAPSHOT, _VOLUME)),
        _tag(_VOLUME, "CreateVolume"),
        *_describe("Snapshots", "Volumes"),
        *_RESTORE_KEYS["ec2"],
    ],
    ("EC2", BACKUP): [Request("ec2:CreateTags", _IMAGE, _NAMED)],
    ("EC2", COPY): _COPY_KEYS,
    ("EC2", RESTORE): [
        *(Request(action, about) for action in RESTORING["EC2"] for about in _LAUNCHED),
        _tag(_INSTANCE, "RunInstances"),
        _tag(_VOLUME, "RunInstances"),
        *_describe(
            "AccountAttributes", "Addresses", "AvailabilityZones", "Images", "Instances",
            "InternetGateways", "RouteTables", "SecurityGroups", "Snapshots", "Subnets", "Volumes",
            "Vpcs",
        ),
        *_RESTORE_KEYS["ec2"],
    ],
    ("EFS", RESTORE): [
        *(Request(action, _FILES) for action in RESTORING["EFS"]),
        Request("elasticfilesystem:DescribeFileSystems", _FILES),
        Request("elasticfilesystem:TagResource", _FILES),
        *_RESTORE_KEYS["elasticfilesystem"],
    ],
    ("FSx", BACKUP): [
        Request("fsx:ListTagsForResource", _FSX),
        Request("fsx:TagResource", _FSX_BACKUP),
    ],
    ("FSx", RESTORE): [
        Request("fsx:CreateFileSystemFromBackup", _FSX),
        Request("fsx:CreateFileSystemFromBackup", _FSX_BACKUP),
        Request("fsx:DescribeBackups", _FSX_BACKUP),
        Request("fsx:DescribeFileSystems", _FSX),
        Request("fsx:TagResource", _FSX),
    ],
    ("FSx volume", BACKUP): [
        Request("fsx:ListTagsForResource", _FSX_VOLUME),
        Request("fsx:TagResource", _FSX_BACKUP),
    ],
    ("FSx volume", RESTORE): [
        Request("fsx:CreateVolumeFromBackup", _FSX_BACKUP),
        Request("fsx:CreateVolumeFromBackup", _FSX_MACHINE),
        Request("fsx:CreateVolumeFromBackup", _FSX_VOLUME),
        Request("fsx:DescribeBackups", _FSX_BACKUP),
        Request("fsx:DescribeVolumes", _FSX_VOLUME),
        Request("fsx:TagResource", _FSX_VOLUME),
    ],
}  # fmt: skip


def _requests(its: str, ability: str) -> list[Request]:
    """Return what a role needs for an ability, of a type as the rules call it."""
    needs = TYPES[its]
    expire = {a for a in needs.actions if re.match("[^:]*:(Delete|Deregister)", a)}
    actions = {
        BACKUP: [*SEARCHING, *(action for action in needs.actions if action not in expire)],
        EXPIRE: [action for action in needs.actions if action in expire],
        # CopyIntoBackupVault is about the vault that a rule names.
        COPY: [*COPYING[:1], *TAGGING, *needs.copying],
        RESTORE: [],
    }[ability]
    found = [
        Request(action, about, _SAYS.get(action, {}))
        for action in actions
        for about in _what(action, needs)
    ]
    return [*found, *_BESIDES.get((its, ability), [])]


def _what(action: str, needs: Needs) -> Iterable[str]:
    itself = [needs.resource] if action in needs.on_itself else []
    return dict.fromkeys([*itself, *_ABOUT.get(action, ())])


REQUESTS: dict[Ability, list[Request]] = {
    (name_of(TYPES[its].resource), ability): _requests(its, ability)
    for its in ("EC2", "EBS", "EFS", "FSx", "FSx volume")
    for ability in (BACKUP, RESTORE, COPY, EXPIRE)
}
"""What a role needs for each ability."""

PAUSE_WINDOWS = [
    Request("ssm:CancelCommand", ANY),
    Request("ssm:GetCommandInvocation", ANY),
    Request("ssm:SendCommand", _INSTANCE),
    Request("ssm:SendCommand", VSS),
]
"""What backups of instances need besides if their plan pauses Windows."""

EC2 = name_of(TYPES["EC2"].resource)
RESOURCES = {name_of(needs.resource): needs.resource for needs in TYPES.values()}
"""Service and resource of the ARN, by the name of the type."""
