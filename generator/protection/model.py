"""What a template protects, as plain data.

A text with a part that only the deployment knows holds what ``matching.unknown`` returns; two such
texts that are equal have the same value. A number that is unknown is such a text.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from _backup.matching import COLON

HIDDEN = "****"
"""What is shown of the value of a parameter that is not to be shown."""
Value = int | str
Ability = tuple[str, str]
"""The type of a resource, and what is done with it: backup, restore, copy or expire."""


@dataclass(frozen=True)
class Copy:
    """A copy of each backup of a rule."""

    vault: str
    """Its ARN."""
    kept: Value | None
    """Days; None: for ever."""


@dataclass(frozen=True)
class Rule:
    """When a plan makes backups, and how long it keeps them."""

    plan: str
    """Its logical id."""
    name: str
    schedule: str
    zone: str
    start_window: Value
    """Minutes."""
    kept: Value | None
    """Days; None: for ever."""
    cold_after: Value | None
    """Days; None: never."""
    archives: bool
    """Whether snapshots of EBS volumes move to cold storage, too."""
    vault: str
    copies: tuple[Copy, ...]
    completion_window: Value = 10_080
    """Minutes after which AWS Backup cancels a backup that is not complete."""
    pauses_windows: bool = False
    """Whether Windows instances write their data to disk before a backup (VSS)."""
    continuous: bool = False
    """Whether some types can be restored to any second: ``resource_types.CONTINUOUS``."""


@dataclass(frozen=True)
class Refused:
    """A rule that makes no backups, because AWS Backup refuses them."""

    rule: Rule
    why: str
    """A sentence, without its full stop."""


@dataclass(frozen=True)
class Tag:
    """What the value of a tag has to be."""

    operator: str
    key: str
    value: str


@dataclass(frozen=True)
class Selection:
    """What a plan backs up. AWS takes Resources and ListOfTags as a union."""

    name: str
    plan: str
    role: str
    """Its ARN."""
    arns: tuple[str, ...]
    not_arns: tuple[str, ...]
    any_tags: tuple[Tag, ...]
    all_tags: tuple[Tag, ...]


@dataclass(frozen=True)
class Reach:
    """Resources of one type that a selection takes."""

    type: str
    """What people call it; ``resource_types.GIVEN`` if only a deployment knows it."""
    arn: str
    """The pattern of their ARNs; empty: all of the type."""
    tags: frozenset[Tag]
    """All of them hold."""
    without: frozenset[str]
    """Patterns of ARNs that are left out."""
    opted_in: bool
    """Whether the region has to be opted in to the type."""
    plan: str
    role: str


@dataclass(frozen=True)
class Role:
    """What AWS Backup may do. None: policies that are not in the template decide it."""

    arn: str
    trusted: bool | None
    lacks: Mapping[Ability, tuple[str, ...] | None]
    """What is missing for an ability, as actions; nothing missing: it has the ability."""
    passes: frozenset[tuple[str, str]]
    """ARNs, or patterns, of roles, and the service that each may be passed to."""
    kept: bool
    """Whether it outlives the stack, with all of its policies."""


@dataclass(frozen=True)
class Lock:
    """What the lock of a vault refuses."""

    minimum: Value | None
    maximum: Value | None
    grace: Value | None
    """Days until nobody can lift it; None: governance mode, an administrator can."""


@dataclass(frozen=True)
class Vault:
    """A vault that rules fill."""

    name: str
    made: bool
    """Whether the template makes it; what is below is unknown of any other."""
    kept: bool
    key: str
    """ARN of the key that encrypts; empty: AWS's own key."""
    key_made: bool
    key_kept: bool
    key_refuses: tuple[str, ...]
    """What the key's policy does not surely let the account do, as actions."""
    key_lets: frozenset[tuple[str, str]]
    """Whom the key's policy lets use it, with the condition if it may not hold, and the action."""
    lock: Lock | None
    denied: Mapping[str, frozenset[str]]
    """Actions that the vault's policy denies everybody, and the ARNs that it leaves out."""
    denied_to: frozenset[tuple[str, str]]
    """Actions that the policy denies some, and whom, with the condition."""
    open_to: frozenset[tuple[str, str]]
    """Actions that the policy allows, and who may do them, with the condition."""


@dataclass(frozen=True)
class RestorePlan:
    """When AWS Backup restores backups to test them, and which ones."""

    name: str
    """As Ref gives it."""
    schedule: str
    zone: str
    start_window: Value
    """Hours."""
    newest: bool | None
    """Whether the newest backup is restored, or a random one; None: unknown."""
    window: Value
    """Days: no older backup is restored."""
    kinds: tuple[str, ...]
    """The types of recovery points: ``SNAPSHOT``, ``CONTINUOUS``."""
    vaults: tuple[str, ...]
    """The ARNs of the vaults with the backups, or ``*``."""
    without: tuple[str, ...]
    """The ARNs of vaults that are left out."""


@dataclass(frozen=True)
class Launch:
    """What a restore test gives an instance that it restores."""

    profile: str
    """The instance profile; empty: none is given."""
    groups: tuple[str, ...]
    """The security groups."""
    subnet: str
    ways: frozenset[str] | None
    """What the groups let in or out; None: none is given, or one is not in the template."""


@dataclass(frozen=True)
class RestoreTest:
    """What a plan of restore tests restores of one type of AWS Backup."""

    plan: RestorePlan | None
    """None: it is not in the template."""
    types: tuple[str, ...]
    """What people call it; AWS Backup has one type for all that FSx has."""
    arns: tuple[str, ...]
    """Empty: all of the type."""
    tags: frozenset[Tag]
    """All of them hold."""
    role: str
    """Its ARN."""
    validation: Value | None
    """Hours before AWS Backup deletes what it restored; None: the template does not say."""
    launch: Launch | None
    """None: it restores no instances."""


@dataclass(frozen=True)
class Hearing:
    """What somebody hears of."""

    what: str
    topic: str
    """ARN of the topic, or of another target."""
    after: Value | None = None
    """Hours without a backup, of what is heard because there is none."""
    certain: bool = True
    """Whether the template shows that the topic takes the message."""


@dataclass(frozen=True)
class Protection:
    """What a template protects with some parameter values."""

    rules: tuple[Rule, ...]
    """Those that make backups."""
    selections: tuple[Selection, ...]
    reaches: tuple[Reach, ...]
    roles: Mapping[str, Role]
    """By ARN; a role that is not in the template is missing."""
    vaults: Mapping[str, Vault]
    """By name."""
    heard: frozenset[Hearing]
    subscribers: Mapping[str, frozenset[str]]
    """The endpoints that the template subscribes to a topic, by its ARN."""
    not_read: tuple[str, ...] = ()
    """Resources that are made from other templates, which may protect more."""
    refused: tuple[Refused, ...] = ()
    restore_plans: tuple[RestorePlan, ...] = ()
    restore_tests: tuple[RestoreTest, ...] = ()


def shown(text: Value | None) -> str:
    """Return a value as people read it, with ``${...}`` for its unknown parts."""

    def part(found: re.Match[str]) -> str:
        name = found[1].replace(COLON, ":")
        return HIDDEN if name.startswith(HIDDEN) else f"${{{name}}}"

    return re.sub("\0=?([^\0]*)\0", part, f"{text}")


def is_known(value: Value | None) -> bool:
    """Return whether no part of the value is unknown."""
    return "\0" not in f"{value}"
