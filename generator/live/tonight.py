"""Tonight: whether the next backup can start, and for which resources it cannot."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta, timezone
from functools import partial

from generator.live import checks
from generator.live.carriers import FILE_SYSTEMS, FSX_VOLUMES, Carrier, carriers, why_never
from generator.live.errors import NotAnsweredError
from generator.live.facts import Facts
from generator.live.findings import TONIGHT, Answer, Finding, Start, Verdict
from generator.live.keys import remedy, why_unusable
from generator.live.protections import Protections, is_taken, taking
from generator.live.reading import document, name_in
from generator.live.resource_policies import denies
from generator.live.resources import asked_for
from generator.live.the_stack import UNDO, gone
from generator.protection.abilities import BACKUP
from generator.protection.derived import next_starts, plans_of, why_no_start, zone_of
from generator.protection.resource_types import OWN_KEY
from generator.protection.words import listed

_AUTOMATIC = 5
"""The hour (UTC) in which EFS starts its own backups.

https://docs.aws.amazon.com/efs/latest/ug/awsbackup.html
"""
_LONG = timedelta(hours=8)
"""A start window in which a backup can wait until that of EFS has ended."""
_WEEK = 7


def tonight(facts: Facts, protections: Protections) -> Answer:
    """Return whether the next backup can start."""
    found = carriers(facts) if checks.known(lambda: facts.carriers) else []
    every, efs, volumes, under_vaults_key = (
        tuple(each.arn for each in found if of(each))
        for of in (
            lambda _: True,
            lambda each: each.type == FILE_SYSTEMS,
            lambda each: each.type == FSX_VOLUMES,
            lambda each: each.type not in OWN_KEY,
        )
    )
    return checks.answer(
        TONIGHT,
        lambda: _summary(starts(facts, protections)),
        [
            checks.about(every, lambda: gone(facts)),
            *(
                checks.about(its, checks.if_there(check))
                for its, check in (
                    (every, lambda: _starts(facts, protections, every)),
                    (every, lambda: _selected(facts, protections, found)),
                    (every, lambda: _trusted(facts, protections, every)),
                    (every, lambda: lacking(BACKUP, protections, found)),
                    (every, lambda: _refused(protections, every)),
                    (every, lambda: _vault_denies(facts, every)),
                    (under_vaults_key, lambda: _vaults_key(facts, under_vaults_key)),
                    (efs, lambda: _automatic(facts, protections)),
                    (efs, lambda: _denied(facts)),
                    (volumes, lambda: _opted_out(facts, protections, found)),
                )
            ),
        ],
    )


def starts(facts: Facts, protections: Protections) -> list[Start]:
    """Return the next start of each rule, as AWS Backup foretells it, the soonest first.

    Its preview ends after ten runs; of the rules that are not in it, the schedule is read.
    """
    rules = protections.plan.rules
    zones = {rule.name: zone_of(rule.zone) or timezone.utc for rule in rules}
    names = {each["RuleId"]: each["RuleName"] for each in facts.plan["BackupPlan"]["Rules"]}
    found: dict[str, datetime] = {}
    for run in facts.plan.get("ScheduledRunsPreview", []):
        name = names.get(run["RuleId"], "")
        if name in zones:
            found[name] = min(run["ExecutionTime"], found.get(name, run["ExecutionTime"]))
    plans = plans_of(rules)
    for rule in rules:
        if rule.name not in found and (following := next_starts(plans, rule, facts.now, 1)):
            found[rule.name] = following[0].at
    its = [Start(name, at.astimezone(zones[name])) for name, at in found.items()]
    return sorted(its, key=lambda each: each.at)


def _summary(following: Sequence[Start]) -> str:
    return ", ".join(f"{each.rule} at {each.at:%Y-%m-%d %H:%M %Z}" for each in following)


def _starts(facts: Facts, protections: Protections, every: Sequence[str]) -> Iterator[Finding]:
    plan = protections.plan
    if starts(facts, protections):
        return
    for rule in plan.rules:
        if why := why_no_start(rule):
            raise NotAnsweredError(f"when {rule.name} starts is not known: {why}")
    if plan.refused and not plan.rules:
        return  # why they are refused is told by itself
    if plan.rules:
        text = "no rule of the plan starts a backup any more"
        advice = "correct BackupSchedule: Change a parameter, in docs/operations.md"
    else:
        text, advice = "the plan has no rule", UNDO
    yield Finding(Verdict.NOT_WELL, text, advice, stops=(*every,))


def _selected(
    facts: Facts, protections: Protections, found: Sequence[Carrier]
) -> Iterator[Finding]:
    """Yield what the stack is to back up and its plan does not select."""
    asked = asked_for(protections)
    for carrier in found:
        is_asked = taking(asked, carrier.arn, carrier.tags) and not why_never(carrier, facts)
        if is_asked and protections.backups(carrier.arn, carrier.tags) is None:
            yield from _left_out(carrier, protections)


def _left_out(carrier: Carrier, protections: Protections) -> Iterator[Finding]:
    reaches = protections.plan.reaches
    if any(is_taken(each, carrier.arn, carrier.tags) is None for each in reaches):
        yield Finding(
            Verdict.NOT_CHECKED,
            f"{carrier}: whether the plan selects it depends on a tag that it does not carry",
            "check the conditions of the resource assignment",
            carrier.arn,
            stops=(carrier.arn,),
        )
        return
    yield Finding(
        Verdict.NOT_WELL,
        f"{carrier} is not selected: no resource assignment of the plan takes it",
        UNDO,
        carrier.arn,
        stops=(carrier.arn,),
    )


def lacking(does: str, protections: Protections, found: Sequence[Carrier]) -> Iterator[Finding]:
    """Yield the types of which the role may not do that: back up, or restore.

    Raises NotAnsweredError if nobody can know.
    """
    roles = protections.with_role.roles
    its: dict[tuple[str, str], list[str]] = {}
    for carrier in found:
        backups = protections.backups(carrier.arn, carrier.tags)
        for reach in backups.reaches if backups else ():
            its.setdefault((reach.role, carrier.type), []).append(carrier.arn)
    verb, unknown = does.replace("backup", "back up"), []
    for (arn, kind), carriers_of_it in its.items():
        lacks = roles[arn].lacks.get((kind, does)) if arn in roles else None
        if lacks is None:
            unknown.append(kind)
        elif lacks:
            yield Finding(
                Verdict.NOT_WELL,
                f"the role may not {verb} {kind}: it lacks {checks.named(lacks)}",
                UNDO,
                stops=tuple(carriers_of_it) if does == BACKUP else (),
            )
    if unknown:
        raise NotAnsweredError(
            f"whether the role may {verb} {listed(unknown)} depends on what cannot be checked "
            "from here: check its policies"
        )


def _trusted(facts: Facts, protections: Protections, every: Sequence[str]) -> Iterator[Finding]:
    trusted, role = protections.role.trusted, name_in(facts.role_arn)
    if trusted is None:
        raise NotAnsweredError(
            f"whether AWS Backup may assume the role {role} depends on a condition in its trust "
            "policy that cannot be checked from here: check that policy"
        )
    if not trusted:
        yield Finding(
            Verdict.NOT_WELL,
            f"the role {role} does not trust AWS Backup, so that no job starts at all",
            UNDO,
            stops=(*every,),
        )


def _refused(protections: Protections, every: Sequence[str]) -> Iterator[Finding]:
    """Yield the rules whose backups AWS Backup refuses; none is left: nothing is backed up."""
    found = protections.with_vault
    for each in found.refused:
        yield Finding(
            Verdict.NOT_WELL,
            f"AWS Backup refuses what {each.rule.name} makes: {each.why[0].lower()}{each.why[1:]}",
            "change how long backups are kept: Change a parameter, in docs/operations.md",
            stops=() if found.rules else (*every,),
        )


def _vaults_key(facts: Facts, under_it: Sequence[str]) -> Iterator[Finding]:
    key = facts.vault.get("EncryptionKeyArn")
    if key and (why := why_unusable(key, [FILE_SYSTEMS], facts)):
        yield Finding(
            Verdict.NOT_WELL,
            f"the key of the vault, {key}, {why}: no backup of EFS can be made or restored",
            remedy(key, facts, "see A key for the vault, in docs/operations.md"),
            stops=(*under_it,),
        )


def _automatic(facts: Facts, protections: Protections) -> Iterator[Finding]:
    """Yield the file systems that EFS itself backs up in the same hour."""
    if not _collides(facts, protections):
        return
    for carrier in _efs(facts):
        check = partial(_makes_its_own, carrier, facts)
        yield from checks.about([carrier.arn], check)()


def _makes_its_own(carrier: Carrier, facts: Facts) -> Iterator[Finding]:
    if facts.efs_backup(carrier.arn) == "ENABLED":
        yield Finding(
            Verdict.NOT_WELL,
            f"{carrier}: EFS starts its own backup in the same hour, and the job of this plan can "
            "wait behind it until it has expired",
            facts.command(
                *("aws", "efs", "put-backup-policy", "--file-system-id", carrier.id),
                *("--backup-policy", "Status=DISABLED"),
            ),
            carrier.arn,
            stops=(carrier.arn,),
        )


def _collides(facts: Facts, protections: Protections) -> bool:
    """Return whether a backup of the next week may start while EFS makes its own."""
    rules = protections.plan.rules
    plans = plans_of(rules)
    for rule in rules:
        for start in next_starts(plans, rule, facts.now, _WEEK) or ():
            window = start.timing.start_window
            its = start.at.replace(hour=_AUTOMATIC, minute=0, second=0, microsecond=0)
            if window < _LONG and its - window < start.at < its + timedelta(hours=1):
                return True
    return False


def _efs(facts: Facts) -> list[Carrier]:
    return [each for each in carriers(facts) if each.type == FILE_SYSTEMS]


def _denied(facts: Facts) -> Iterator[Finding]:
    for carrier in _efs(facts):
        check = partial(_denies_backup, carrier, facts)
        yield from checks.about([carrier.arn], check)()


def _denies_backup(carrier: Carrier, facts: Facts) -> Iterator[Finding]:
    if denies(facts.efs_policy(carrier.arn), "elasticfilesystem:Backup", carrier.arn, facts):
        yield Finding(
            Verdict.NOT_WELL,
            f"{carrier}: the policy of the file system denies the role its backup",
            "correct it in the console of EFS: File system policy",
            carrier.arn,
            stops=(carrier.arn,),
        )


def _vault_denies(facts: Facts, every: Sequence[str]) -> Iterator[Finding]:
    policy = facts.vault and facts.vault_policy
    if denies(policy and document(policy), "backup:StartBackupJob", facts.vault_arn, facts):
        yield Finding(
            Verdict.NOT_WELL,
            f"the policy of the vault {facts.vault_name} denies the role backup:StartBackupJob",
            "correct it in the console of AWS Backup: the vault, Access policy",
            stops=(*every,),
        )


def _opted_out(
    facts: Facts, protections: Protections, found: Sequence[Carrier]
) -> Iterator[Finding]:
    """Yield what is backed up only if the region is opted in to its type, and it is not.

    The plan names its types, so it matters to none but OpenZFS, whose ARNs look like others.
    https://docs.aws.amazon.com/aws-backup/latest/devguide/assigning-resources.html
    """
    for carrier in found:
        if facts.region_settings.get(carrier.kind) is not False:
            continue
        yield from checks.if_there(partial(_lacks_opt_in, carrier, facts, protections))()


def _lacks_opt_in(carrier: Carrier, facts: Facts, protections: Protections) -> Iterator[Finding]:
    if _needs_opt_in(carrier, facts, protections):
        yield Finding(
            Verdict.NOT_WELL,
            f"{carrier} is not selected: the region is not opted in to {carrier.kind}",
            facts.command(
                *("aws", "backup", "update-region-settings"),
                *("--resource-type-opt-in-preference", f"{carrier.kind}=true"),
            ),
            carrier.arn,
            stops=(carrier.arn,),
        )


def _needs_opt_in(carrier: Carrier, facts: Facts, protections: Protections) -> bool:
    if carrier.type == FSX_VOLUMES:
        its = facts.fsx_volumes.get(carrier.arn, {})
        if its.get("VolumeType") == "OPENZFS":
            return True
    backups = protections.backups(carrier.arn, carrier.tags)
    return backups is not None and all(reach.opted_in for reach in backups.reaches)
