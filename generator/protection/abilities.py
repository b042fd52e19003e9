"""What a role lets AWS Backup do, for each type of resource that it is known for.

The requests are those of AWS's two managed policies for AWS Backup that a job cannot do without.
https://docs.aws.amazon.com/aws-backup/latest/devguide/security-iam-awsmanpol.html
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

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
from _backup.iam import Answer, Context, Document, as_list, decide
from _backup.matching import like, unknown

from generator.protection.model import Ability, Reach, Role
from generator.protection.resource_types import name_of
from generator.protection.texts import Stack, accounts, document_of, text, texts

BACKUP, RESTORE, COPY, EXPIRE = "backup", "restore", "copy", "expire"


class Request(NamedTuple):
    """An action, what it is about (service and resource of the ARN, ``*`` or an ARN), and more."""

    action: str
    about: str
    context: Context = {}  # noqa: RUF012 - nobody changes it


_ANY = "*"
_INSTANCE, _VOLUME, _IMAGE, _SNAPSHOT = (
    f"ec2:{kind}/" for kind in ("instance", "volume", "image", "snapshot")
)
_VSS = "ssm:document/AWSEC2-CreateVssSnapshot"
_WITHOUT_ACCOUNT = {_IMAGE, _SNAPSHOT, _VSS}
_LAUNCHED = (
    _IMAGE, _INSTANCE, _VOLUME, "ec2:network-interface/", "ec2:security-group/", "ec2:subnet/",
)  # fmt: skip
_FILES = "elasticfilesystem:file-system/"
_FSX, _FSX_VOLUME, _FSX_BACKUP, _FSX_MACHINE = (
    f"fsx:{kind}/" for kind in ("file-system", "volume", "backup", "storage-virtual-machine")
)
_POINT, _VAULT, _KEY = "backup:recovery-point:", "backup:backup-vault:", "kms:key/"

# What an action is about besides the resource that is backed up.
_ABOUT: dict[str, tuple[str, ...]] = {
    **{action: (about,) for action, about in ABOUT.items()},
    **dict.fromkeys(WITHOUT_ARN, (_ANY,)),
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
    return [Request(f"ec2:Describe{each}", _ANY) for each in what]


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
    Request("ssm:CancelCommand", _ANY),
    Request("ssm:GetCommandInvocation", _ANY),
    Request("ssm:SendCommand", _INSTANCE),
    Request("ssm:SendCommand", _VSS),
]
"""What backups of instances need besides if their plan pauses Windows."""

_EC2 = name_of(TYPES["EC2"].resource)
_RESOURCES = {name_of(needs.resource): needs.resource for needs in TYPES.values()}
"""Service and resource of the ARN, by the name of the type."""

# AWS's own policies, and what they allow for every type.
_MANAGED = {
    "AWSBackupServiceRolePolicyForBackup": {BACKUP, COPY, EXPIRE},
    "AWSBackupServiceRolePolicyForRestores": {RESTORE},
}
_ALL: Document = {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
_ATTACHED = {
    "AWS::IAM::Policy": "Roles",
    "AWS::IAM::ManagedPolicy": "Roles",
    "AWS::IAM::RolePolicy": "RoleName",
}
"""Resources that give roles a policy, and the property that names the roles."""


class Use(NamedTuple):
    """What selections do with a role."""

    searches: bool
    """Whether one of them does not name single resources."""
    copied_to: Iterable[str]
    """The ARNs of the vaults that their plans copy to."""
    reaches: Iterable[Reach]
    pauses_windows: bool = False


# Of a role that no selection of the template names.
_NOT_USED = Use(True, (), ())


def roles(stack: Stack, uses: Mapping[str, Use]) -> dict[str, Role]:
    """Return the roles of the stack by their ARN, as references to them give it.

    ``uses`` are by the ARN, too.
    """
    found = {}
    for name, properties in stack.of_type("AWS::IAM::Role"):
        arn = stack.attribute(name, "Arn")
        policies = _Policies(stack, name, properties)
        found[arn] = Role(
            arn,
            _is_trusted(stack, properties.get("AssumeRolePolicyDocument"), arn),
            {ability: policies.lacks(ability, uses.get(arn, _NOT_USED)) for ability in REQUESTS},
            frozenset(policies.passes()),
            policies.kept,
        )
    return found


class _Policies:
    """The policies of a role, as far as the template shows them."""

    def __init__(self, stack: Stack, role: str, properties: Mapping[str, Any]) -> None:
        self._stack = stack
        self._hidden = False
        """Whether a policy elsewhere may allow more."""
        self._managed: set[str] = set()
        """The abilities that AWS's own policies give."""
        made = {stack.ref(name): name for name, _ in stack.of_type("AWS::IAM::ManagedPolicy")}
        named = set()
        for arn in texts(properties.get("ManagedPolicyArns")):
            beginning, _, name = arn.rpartition("/")
            if arn in made:
                named.add(made[arn])
            elif ":iam::aws:policy" in beginning and name in _MANAGED:
                self._managed |= _MANAGED[name]
            else:
                self._hidden = True
        beside = dict(_beside(stack, role, named))
        inline = properties.get("Policies", [])
        self._hidden |= not isinstance(inline, list)
        inline = [each.get("PolicyDocument") for each in inline if isinstance(each, dict)]
        self._documents = [document_of(each) for each in [*inline, *beside.values()]]
        boundary = text(properties.get("PermissionsBoundary"))
        self._boundaries = [
            document_of(held.get("PolicyDocument"))
            for name, held in stack.of_type("AWS::IAM::ManagedPolicy")
            if name == made.get(boundary)
        ]
        self._bounded = bool(boundary) and not self._boundaries
        """Whether a boundary elsewhere may allow less."""
        self.kept = all(map(stack.is_kept, [role, *beside]))
        self._relevant: dict[str, tuple[list[Document], list[Document]]] = {}
        self._answers: dict[str, Answer] = {}

    def lacks(self, ability: Ability, use: Use) -> tuple[str, ...] | None:
        """Return the actions that an ability lacks; None: policies elsewhere decide it."""
        requests = [*REQUESTS[ability]]
        if ability[1] == COPY:
            requests += [Request(COPYING[1], arn) for arn in use.copied_to or [_VAULT]]
        if ability[1] == BACKUP:
            if use.pauses_windows and ability[0] == _EC2:
                requests += PAUSE_WINDOWS
            requests = [one for each in requests for one in _as_used(each, ability[0], use)]
        answers = [(each.action, self._answer(each, ability[1])) for each in requests]
        denied = [action for action, answer in answers if answer is Answer.DENIED]
        if not denied and any(answer is Answer.UNKNOWN for _, answer in answers):
            return None
        return tuple(dict.fromkeys(denied))

    def _answer(self, request: Request, ability: str) -> Answer:
        is_managed = ability in self._managed
        key = f"{request} {is_managed}"
        if key not in self._answers:  # many types ask the same
            self._answers[key] = self._decide(request, [_ALL] if is_managed else [])
        return self._answers[key]

    def _decide(self, request: Request, managed: list[Document]) -> Answer:
        documents, boundaries = self._about(request.action)
        answer = decide(
            [*documents, *managed],
            request.action,
            _arn(self._stack, request.about),
            {**accounts(self._stack), **request.context},
            boundaries=boundaries,
        )
        doubtful = {Answer.ALLOWED: self._bounded, Answer.DENIED: self._hidden}
        return Answer.UNKNOWN if doubtful.get(answer) else answer

    def _about(self, action: str) -> tuple[list[Document], list[Document]]:
        """Return documents and boundaries with the statements that can be about the action."""
        if action not in self._relevant:
            documents = (_only_about(each, action) for each in self._documents)
            self._relevant[action] = (
                [each for each in documents if each["Statement"]],
                [_only_about(each, action) for each in self._boundaries],
            )
        return self._relevant[action]

    def passes(self) -> Iterator[tuple[str, str]]:
        """Yield roles, or patterns, and the services that each may be passed to."""
        documents, boundaries = self._about("iam:PassRole")
        if RESTORE in self._managed:
            documents = [*documents, _passes_all(self._stack)]
        for document in documents:
            for statement in document["Statement"]:
                if not isinstance(statement, dict) or statement.get("Effect") != "Allow":
                    continue
                for service in _services(statement.get("Condition")):
                    # Without a condition, to any service; only EC2 matters.
                    context = {
                        "iam:PassedToService": "ec2.amazonaws.com" if service == "*" else service
                    }
                    for arn in map(str, as_list(statement.get("Resource", []))):
                        role = re.sub("[*?]+", unknown("a role"), arn)
                        answer = decide(
                            documents, "iam:PassRole", role, context, boundaries=boundaries
                        )
                        if answer is not Answer.DENIED:
                            yield arn, service


def _as_used(request: Request, kind: str, use: Use) -> Iterator[Request]:
    """Yield what is asked about the resources that selections take."""
    if request.action in SEARCHING and not use.searches:
        return
    arns = {reach.arn for reach in use.reaches if reach.type == kind} - {""}
    if arns and request.about == _RESOURCES[kind]:
        # A pattern stands for resources that nobody knows.
        unknown_item = unknown("an item", colons=False)
        for arn in sorted(arns):
            yield request._replace(about=re.sub("[*?]+", unknown_item, arn))
    else:
        yield request


def _beside(stack: Stack, role: str, named: set[str]) -> Iterator[tuple[str, Any]]:
    """Yield logical id and document of each resource that gives the role a policy.

    ``named`` are those that the role names.
    """
    for kind, key in _ATTACHED.items():
        for name, policy in stack.of_type(kind):
            if name in named or stack.ref(role) in texts(policy.get(key)):
                yield name, policy.get("PolicyDocument")


def _only_about(document: Document, action: str) -> dict[str, Any]:
    statements = as_list(document.get("Statement", []))
    return {**document, "Statement": [each for each in statements if _can_be(each, action)]}


def _can_be(statement: Any, action: str) -> bool:
    """Return whether a statement can be about the action."""
    if not isinstance(statement, dict) or "Action" not in statement:
        return True
    patterns = (str(pattern).lower() for pattern in as_list(statement["Action"]))
    return any(like(pattern, action.lower()) is not False for pattern in patterns)


def _arn(stack: Stack, about: str) -> str:
    """Return the ARN of something that an action is about."""
    if about == _ANY or about.startswith(("arn:", "\0")):
        return about
    service, _, beginning = about.partition(":")
    region, account = stack.ref("AWS::Region"), stack.ref("AWS::AccountId")
    place = f"{region}:{'' if about in _WITHOUT_ACCOUNT else account}"
    rest = beginning if about == _VSS else f"{beginning}{unknown('its id', colons=False)}"
    return f"arn:{stack.ref('AWS::Partition')}:{service}:{place}:{rest}"


def _is_trusted(stack: Stack, document: Any, arn: str) -> bool | None:
    answer = decide(
        [document_of(document)],
        "sts:AssumeRole",
        arn,
        accounts(stack),
        principal={"Service": "backup.amazonaws.com"},
    )
    return None if answer is Answer.UNKNOWN else answer is Answer.ALLOWED


def _passes_all(stack: Stack) -> dict[str, Any]:
    """Return what AWS's policy for restores says about EC2; it says it of others, too."""
    return {
        "Statement": [
            {
                "Effect": "Allow",
                "Action": "iam:PassRole",
                "Resource": f"arn:{stack.ref('AWS::Partition')}:iam::*:role/*",
                "Condition": {"StringLike": {"iam:PassedToService": "ec2.amazonaws.com"}},
            }
        ]
    }


def _services(condition: Any) -> list[str]:
    """Return what a statement says about the service; ``*``: nothing."""
    block = condition if isinstance(condition, dict) else {}
    named = [
        str(service)
        for tests in block.values()
        if isinstance(tests, dict)
        for key, values in tests.items()
        if key.lower() == "iam:passedtoservice"
        for service in as_list(values)
    ]
    return named or ["*"]
