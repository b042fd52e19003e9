"""What a role lets AWS Backup do, for each type of resource that it is known for.

The requests are those of AWS's two managed policies for AWS Backup that a job cannot do without.
https://docs.aws.amazon.com/aws-backup/latest/devguide/security-iam-awsmanpol.html
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from _backup.iam import Answer, Context, as_list, decide
from _backup.matching import unknown

from generator.protection.model import Ability, Role
from generator.protection.texts import Stack, plain, text, texts

BACKUP, RESTORE, COPY, EXPIRE = "backup", "restore", "copy", "expire"

_SOURCE = "aws:ResourceTag/aws:backup:source-resource"
_FOR_AWS = {"kms:GrantIsForAWSResource": "true"}
_MADE_BY_BACKUP = {_SOURCE: "an ARN"}
_NAMED = {"aws:TagKeys": ["Name"]}
_KEY_ACTIONS = ("kms:Decrypt", "kms:GenerateDataKeyWithoutPlaintext")

# What an action is about: service and resource of the ARN, without region and account: "*".
_INSTANCE, _VOLUME, _IMAGE, _SNAPSHOT = (
    f"ec2:{kind}/" for kind in ("instance", "volume", "image", "snapshot")
)
_FILES = "elasticfilesystem:file-system/"
_FSX, _FSX_VOLUME, _FSX_BACKUP, _FSX_MACHINE = (
    f"fsx:{kind}/" for kind in ("file-system", "volume", "backup", "storage-virtual-machine")
)
_POINT = "backup:recovery-point:"
_ANY = "*"

Request = tuple[str, str, Context]

_USE_KEYS: dict[str, list[Request]] = {
    service: [
        ("kms:DescribeKey", "kms:key/", {}),
        ("kms:CreateGrant", "kms:key/", _FOR_AWS),
        *(
            (action, "kms:key/", {"kms:ViaService": f"{service}.region.amazonaws.com"})
            for action in _KEY_ACTIONS
        ),
    ]
    for service in ("ec2", "elasticfilesystem")
}
_FIND: list[Request] = [("tag:GetResources", _ANY, {})]
_TO_VAULTS: list[Request] = [
    ("backup:CopyFromBackupVault", _POINT, {}),
    ("backup:TagResource", _POINT, {}),
]
_SNAPSHOTS: list[Request] = [
    *_FIND,
    ("ec2:CreateSnapshot", _VOLUME, {}),
    ("ec2:CreateSnapshot", _SNAPSHOT, {}),
    ("ec2:CreateTags", _SNAPSHOT, _NAMED),
    ("ec2:DescribeSnapshots", _ANY, {}),
    ("ec2:DescribeVolumes", _ANY, {}),
    *_USE_KEYS["ec2"],
]
_COPY_SNAPSHOTS: list[Request] = [
    *_TO_VAULTS,
    ("ec2:CopySnapshot", _SNAPSHOT, {}),
    ("ec2:ModifySnapshotAttribute", _SNAPSHOT, _MADE_BY_BACKUP),
]
_DELETE_SNAPSHOTS: list[Request] = [("ec2:DeleteSnapshot", _SNAPSHOT, {})]
_FSX_BACKUPS: list[Request] = [
    *_FIND,
    ("fsx:CreateBackup", _FSX_BACKUP, {}),
    ("fsx:DescribeBackups", _FSX_BACKUP, {}),
    ("fsx:ListTagsForResource", _FSX_BACKUP, {}),
    ("fsx:TagResource", _FSX_BACKUP, {}),
]
_COPY_FSX: list[Request] = [*_TO_VAULTS, ("fsx:CopyBackup", _FSX_BACKUP, {})]

REQUESTS: dict[Ability, list[Request]] = {
    ("EC2 instances", BACKUP): [
        *_SNAPSHOTS,
        ("ec2:CreateImage", _INSTANCE, {}),
        ("ec2:CreateImage", _IMAGE, {}),
        ("ec2:CreateTags", _IMAGE, _NAMED),
        *(
            (f"ec2:Describe{what}", _ANY, {})
            for what in (
                "Images", "InstanceAttribute", "InstanceCreditSpecifications", "Instances",
                "NetworkInterfaces", "Tags",
            )
        ),
    ],
    ("EC2 instances", RESTORE): [
        ("ec2:RunInstances", _INSTANCE, {}),
        ("ec2:RunInstances", _IMAGE, {}),
        ("ec2:RunInstances", _VOLUME, {}),
        ("ec2:CreateTags", _INSTANCE, {"ec2:CreateAction": "RunInstances", **_NAMED}),
        ("ec2:CreateTags", _VOLUME, {"ec2:CreateAction": "RunInstances", **_NAMED}),
        ("ec2:DescribeImages", _ANY, {}),
        ("ec2:DescribeInstances", _ANY, {}),
        *_USE_KEYS["ec2"],
    ],
    ("EC2 instances", COPY): [
        *_COPY_SNAPSHOTS,
        ("ec2:CopyImage", _IMAGE, {}),
        ("ec2:ModifyImageAttribute", _IMAGE, _MADE_BY_BACKUP),
    ],
    ("EC2 instances", EXPIRE): [*_DELETE_SNAPSHOTS, ("ec2:DeregisterImage", _IMAGE, {})],
    ("EBS volumes", BACKUP): _SNAPSHOTS,
    ("EBS volumes", RESTORE): [
        ("ec2:CreateVolume", _SNAPSHOT, {}),
        ("ec2:CreateVolume", _VOLUME, {}),
        ("ec2:CreateTags", _VOLUME, {"ec2:CreateAction": "CreateVolume", **_NAMED}),
        ("ec2:DescribeSnapshots", _ANY, {}),
        ("ec2:DescribeVolumes", _ANY, {}),
        *_USE_KEYS["ec2"],
    ],
    ("EBS volumes", COPY): _COPY_SNAPSHOTS,
    ("EBS volumes", EXPIRE): _DELETE_SNAPSHOTS,
    ("EFS file systems", BACKUP): [
        *_FIND,
        ("elasticfilesystem:Backup", _FILES, {}),
        ("elasticfilesystem:DescribeTags", _FILES, {}),
        *_USE_KEYS["elasticfilesystem"],
    ],
    ("EFS file systems", RESTORE): [
        *(
            (f"elasticfilesystem:{what}", _FILES, {})
            for what in ("Restore", "CreateFileSystem", "DescribeFileSystems", "TagResource")
        ),
        *_USE_KEYS["elasticfilesystem"],
    ],
    ("EFS file systems", COPY): _TO_VAULTS,
    ("EFS file systems", EXPIRE): [],  # AWS Backup deletes them itself
    ("FSx file systems", BACKUP): [
        *_FSX_BACKUPS,
        ("fsx:CreateBackup", _FSX, {}),
        ("fsx:DescribeFileSystems", _FSX, {}),
    ],
    ("FSx file systems", RESTORE): [
        ("fsx:CreateFileSystemFromBackup", _FSX, {}),
        ("fsx:CreateFileSystemFromBackup", _FSX_BACKUP, {}),
        ("fsx:DescribeFileSystems", _FSX, {}),
    ],
    ("FSx file systems", COPY): _COPY_FSX,
    ("FSx file systems", EXPIRE): [("fsx:DeleteBackup", _FSX_BACKUP, {})],
    ("FSx volumes", BACKUP): [
        *_FSX_BACKUPS,
        ("fsx:CreateBackup", _FSX_VOLUME, {}),
        ("fsx:DescribeVolumes", _FSX_VOLUME, {}),
    ],
    ("FSx volumes", RESTORE): [
        ("fsx:CreateVolumeFromBackup", _FSX_BACKUP, {}),
        ("fsx:CreateVolumeFromBackup", _FSX_MACHINE, {}),
        ("fsx:CreateVolumeFromBackup", _FSX_VOLUME, {}),
        ("fsx:DescribeVolumes", _FSX_VOLUME, {}),
    ],
    ("FSx volumes", COPY): _COPY_FSX,
    ("FSx volumes", EXPIRE): [("fsx:DeleteBackup", _FSX_BACKUP, {})],
}  # fmt: skip
"""What a role needs for each ability: action, what it is about, and what the request says."""

# AWS's own policies, and what they allow for every type.
_MANAGED = {
    "AWSBackupServiceRolePolicyForBackup": {BACKUP, COPY, EXPIRE},
    "AWSBackupServiceRolePolicyForRestores": {RESTORE},
}
_POLICIES = {
    "AWS::IAM::Policy": "Roles",
    "AWS::IAM::ManagedPolicy": "Roles",
    "AWS::IAM::RolePolicy": "RoleName",
}
"""Resources that give roles a policy, and the property that names the roles."""


class _Policies(NamedTuple):
    documents: list[Any]
    boundaries: list[Any]
    managed: set[str]
    """The abilities that AWS's own policies give."""
    hidden: bool
    """Whether a policy elsewhere may allow more."""
    bounded: bool
    """Whether a boundary elsewhere may allow less."""


def roles(stack: Stack) -> dict[str, Role]:
    """Return the roles of the stack by their ARN, as references to them give it."""
    found = {}
    partition = stack.ref("AWS::Partition")
    for name, properties in stack.of_type("AWS::IAM::Role"):
        arn = stack.attribute(name, "Arn")
        policies = _policies(stack, name, properties)
        found[arn] = Role(
            arn,
            _is_trusted(properties.get("AssumeRolePolicyDocument"), arn),
            {ability: _lacks(policies, ability, partition) for ability in REQUESTS},
            frozenset(_passes(policies)),
            stack.is_kept(name),
        )
    return found


def _policies(stack: Stack, role: str, properties: Mapping[str, Any]) -> _Policies:
    inline = properties.get("Policies")
    documents = [
        policy.get("PolicyDocument")
        for policy in (inline if isinstance(inline, list) else [])
        if isinstance(policy, dict)
    ]
    made = dict(stack.of_type("AWS::IAM::ManagedPolicy"))
    attached = texts(properties.get("ManagedPolicyArns"))
    of_stack = {stack.ref(name): name for name in made}
    named = stack.ref(role)
    for kind, key in _POLICIES.items():
        for name, policy in stack.of_type(kind):
            if named in texts(policy.get(key)) or of_stack.get(stack.ref(name)) in {
                of_stack.get(arn) for arn in attached if arn in of_stack
            }:
                documents.append(policy.get("PolicyDocument"))
    others = [arn.rpartition("/")[2] for arn in attached if arn not in of_stack]
    boundary = text(properties.get("PermissionsBoundary"))
    bounds = [made[of_stack[boundary]].get("PolicyDocument")] if boundary in of_stack else []
    return _Policies(
        [plain(document) for document in documents],
        [plain(document) for document in bounds],
        {ability for name in others for ability in _MANAGED.get(name, ())},
        any(name not in _MANAGED for name in others),
        bool(boundary) and not bounds,
    )


def _lacks(policies: _Policies, ability: Ability, partition: str) -> tuple[str, ...] | None:
    """Return the actions that are missing for an ability; None: policies elsewhere decide it."""
    answers = [
        (request[0], _answer(policies, request, ability[1], partition))
        for request in REQUESTS[ability]
    ]
    denied = [action for action, answer in answers if answer is Answer.DENIED]
    if not denied and any(answer is Answer.UNKNOWN for _, answer in answers):
        return None
    return tuple(dict.fromkeys(denied))


def _answer(policies: _Policies, request: Request, ability: str, partition: str) -> Answer:
    action, about, context = request
    documents = policies.documents
    if ability in policies.managed:
        documents = [*documents, _ALL]
    answer = decide(
        documents,
        action,
        _arn(about, partition),
        {**_ACCOUNTS, **context},
        boundaries=policies.boundaries,
    )
    if answer is Answer.ALLOWED and policies.bounded:
        return Answer.UNKNOWN
    if answer is Answer.DENIED and policies.hidden:
        return Answer.UNKNOWN
    return answer


_ACCOUNTS = dict.fromkeys(
    ("aws:PrincipalAccount", "aws:ResourceAccount", "aws:SourceAccount"), unknown("AWS::AccountId")
)
_ALL = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


def _arn(about: str, partition: str) -> str:
    """Return the ARN of something that an action is about."""
    if about == _ANY:
        return "*"
    service, _, beginning = about.partition(":")
    account = "" if about in (_SNAPSHOT, _IMAGE) else unknown("AWS::AccountId")
    place = f"{partition}:{service}:{unknown('AWS::Region')}:{account}"
    return f"arn:{place}:{beginning}{unknown('its id')}"


def _is_trusted(document: Any, arn: str) -> bool | None:
    answer = decide(
        [plain(document)] if isinstance(document, dict) else [],
        "sts:AssumeRole",
        arn,
        {"aws:SourceAccount": unknown("AWS::AccountId")},
        principal={"Service": "backup.amazonaws.com"},
    )
    return None if answer is Answer.UNKNOWN else answer is Answer.ALLOWED


def _passes(policies: _Policies) -> Iterable[tuple[str, str]]:
    """Yield the roles that a statement names, with the services that they may be passed to."""
    for document in policies.documents:
        for statement in as_list(document.get("Statement", [])) if document else []:
            if not isinstance(statement, dict) or statement.get("Effect") != "Allow":
                continue
            if "iam:passrole" not in (str(a).lower() for a in as_list(statement.get("Action"))):
                continue
            services = _services(statement.get("Condition"))
            for arn in as_list(statement.get("Resource", [])):
                yield from (
                    (arn, service) for service in services if _may_pass(policies, arn, service)
                )


def _services(condition: Any) -> list[str]:
    """Return what a statement says about the service; ``*``: nothing."""
    block = condition if isinstance(condition, dict) else {}
    named = [
        service
        for tests in block.values()
        if isinstance(tests, dict)
        for key, values in tests.items()
        if key.lower() == "iam:passedtoservice"
        for service in as_list(values)
    ]
    return named or ["*"]


def _may_pass(policies: _Policies, arn: str, service: str) -> bool:
    role = re.sub("[*?]+", unknown("a role"), arn)
    passed = "ec2.amazonaws.com" if service == "*" else service
    answer = decide(
        policies.documents,
        "iam:PassRole",
        role,
        {"iam:PassedToService": passed},
        boundaries=policies.boundaries,
    )
    return answer is not Answer.DENIED
