"""A restore: whether what is in the vault can come back, with its keys and its roles."""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from _backup.matching import like

from generator.live import checks
from generator.live.carriers import FILE_SYSTEMS, Carrier, carriers
from generator.live.facts import Facts
from generator.live.findings import RESTORE as A_RESTORE
from generator.live.findings import Answer, Finding, Verdict
from generator.live.keys import remedy, users_of_keys, why_unusable
from generator.live.protections import Protections
from generator.live.reading import Data, name_in
from generator.live.resource_policies import denies
from generator.live.resources import COMPLETE
from generator.live.tonight import lacking
from generator.protection.abilities import RESTORE
from generator.protection.resource_types import OWN_KEY
from generator.protection.vaults import account_of

_TO_EC2 = ("*", "ec2.amazonaws.com", "ec2.amazonaws.com.cn")
_PARAMETERS = "SchedulerIAMRoleArn, ComputeNodeIAMRoleArn or AdditionalInstanceRoleArns"


def a_restore(facts: Facts, protections: Protections) -> Answer:
    """Return what would keep a restore from coming back whole."""
    return checks.answer(
        A_RESTORE,
        lambda: "the role may use the keys, and may pass the roles of the instances",
        [
            checks.if_there(lambda: lacking(RESTORE, protections, carriers(facts))),
            checks.if_there(lambda: _instance_roles(facts, protections)),
            lambda: _keys(facts),
            lambda: _denied(facts),
            checks.if_there(lambda: _cannot_be_copied(facts, protections)),
            checks.if_there(lambda: _cold(facts)),
        ],
    )


def _instance_roles(facts: Facts, protections: Protections) -> Iterator[Finding]:
    """Yield the instance profiles that an instance cannot be restored with."""
    users = facts.profiles
    if not users:
        return
    passes = protections.role.passes
    for arn, instances in users.items():
        yield from checks.checked(partial(_roles, arn, checks.named(instances), facts, passes))


def _roles(
    profile: str, whose: str, facts: Facts, passes: Iterable[tuple[str, str]]
) -> Iterator[Finding]:
    roles = facts.roles_of(profile)
    if roles is None:
        yield Finding(
            Verdict.NOT_WELL,
            f"the instance profile {name_in(profile)} of {whose} does not exist: the restore must "
            "do without it",
            "see Restore an instance, in docs/operations.md",
        )
    for role in roles or ():
        if not any(like(its, role) and service in _TO_EC2 for its, service in passes):
            yield Finding(
                Verdict.NOT_WELL,
                f"{whose} cannot be restored with its role: the backup role may not pass {role}",
                f"give the stack the role as {_PARAMETERS}: Change a parameter, in "
                "docs/operations.md",
            )


def _keys(facts: Facts) -> Iterator[Finding]:
    """Yield the keys of volumes and file systems that cannot be used."""
    for arn, (types, users) in users_of_keys(facts).items():
        yield from checks.checked(partial(_key, arn, types, users, facts))


def _key(arn: str, types: Iterable[str], users: Sequence[str], facts: Facts) -> Iterator[Finding]:
    if why := why_unusable(arn, types, facts):
        yield Finding(
            Verdict.NOT_WELL,
            f"the key {arn}, which encrypts {checks.named(users)}, {why}",
            remedy(arn, facts, "see When a restore fails, in docs/operations.md"),
        )


def _denied(facts: Facts) -> Iterator[Finding]:
    for carrier in carriers(facts):
        if carrier.type == FILE_SYSTEMS:
            yield from checks.checked(partial(_denies_restore, carrier, facts))


def _denies_restore(carrier: Carrier, facts: Facts) -> Iterator[Finding]:
    if denies(facts.efs_policy(carrier.arn), "elasticfilesystem:Restore", carrier.arn, facts):
        yield Finding(
            Verdict.NOT_WELL,
            f"{carrier}: the policy of the file system denies the role a restore into it",
            "correct it in the console of EFS: File system policy",
            carrier.arn,
        )


def _cannot_be_copied(facts: Facts, protections: Protections) -> Iterator[Finding]:
    """Yield the volumes under aws/ebs, which no other account can read.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/create-cross-account-backup.html
    """
    copies = [copy.vault for rule in protections.plan.rules for copy in rule.copies]
    others = {account_of(arn) for arn in copies} - {facts.place.account}
    if not others:
        return
    yield from checks.if_there(partial(_vault_cannot_be_copied, facts, others))()
    under_it = [
        f"{volume}{_of_instance(its)}"
        for volume, its in facts.volumes.items()
        if its.get("KmsKeyId") and (key := facts.key(its["KmsKeyId"])) and key.is_awss
    ]
    if under_it:
        yield Finding(
            Verdict.NOT_WELL,
            f"{checks.named(under_it)} cannot be copied to account {checks.named(sorted(others))}: "
            "the key is aws/ebs, which no other account may use",
            "see docs/copies.md: the key of the backups",
        )


def _vault_cannot_be_copied(facts: Facts, others: Iterable[str]) -> Iterator[Finding]:
    key = facts.vault_key
    if key and key.is_awss and any(each.type not in OWN_KEY for each in carriers(facts)):
        yield Finding(
            Verdict.NOT_WELL,
            f"backups of EFS cannot be copied to account {checks.named(sorted(others))}: the key "
            "of the vault is aws/backup, which no other account may use",
            "see A key for a cluster that has none, in docs/operations.md",
        )


def _of_instance(volume: Data) -> str:
    attached = [each["InstanceId"] for each in volume.get("Attachments", [])]
    return f" (of {attached[0]})" if attached else ""


def _cold(facts: Facts) -> Iterator[Finding]:
    """Yield that some backups are in cold storage."""
    points = facts.points
    cold = [
        each
        for each in points
        if each.get("Status") in COMPLETE
        and (at := each.get("CalculatedLifecycle", {}).get("MoveToColdStorageAt"))
        and at <= facts.now
    ]
    if cold:
        verb = "is" if len(cold) == 1 else "are"
        yield Finding(
            Verdict.TO_KNOW,
            f"{checks.counted(len(cold), 'recovery point')} {verb} in cold storage: a restore from "
            "there takes about four hours longer",
        )
