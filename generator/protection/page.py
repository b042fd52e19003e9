"""What a template protects, as a page for an administrator."""

import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import replace

from generator.printable import printable
from generator.protection.abilities import BACKUP
from generator.protection.alerts import MISSING
from generator.protection.derived import restore_roles, used_roles, used_vaults
from generator.protection.explain import Explanation
from generator.protection.gap import Gap
from generator.protection.gaps import gaps
from generator.protection.model import Hearing, Lock, Protection, Role, Vault, shown
from generator.protection.page_copies import copies_to
from generator.protection.page_roles import restores, restores_of_copies, unsure
from generator.protection.page_tests import tested, tests
from generator.protection.page_times import restore_points, when, worst
from generator.protection.page_types import taken
from generator.protection.resource_types import ARNS, OWN_KEY
from generator.protection.vaults import COPY_INTO
from generator.protection.words import days, kept, listed, named, these, whom

WIDTH = 100
_INDENT = 16
LONGEST, LONGEST_PARAGRAPH = 200, 2_000
"""The most characters of a value, and of all that is said at once."""
NO_ALERTS = "none: nobody hears of anything"
_DELETION = "backup:DeleteRecoveryPoint"


def as_text(explanation: Explanation) -> str:
    """Return the page: some lines for each question, and what is not protected."""
    lines = [*_wrapped(_title(explanation), ""), "", *answers(explanation)]
    missing = [_gap(explanation, gap) for gap in gaps(explanation)]
    if missing:
        lines += ["", "Not protected, or not heard of"]
        for gap in missing:
            lines += _wrapped(f"- {gap}", "", "  ")
    return "\n".join(lines) + "\n"


def answers(explanation: Explanation) -> list[str]:
    """Return what is protected, without what is not."""
    lines = []
    for heading, paragraphs in _answers(explanation):
        for number, paragraph in enumerate(paragraphs):
            start = (heading if not number else "").ljust(_INDENT)
            deeper = len(paragraph) - len(paragraph.lstrip())
            lines += _wrapped(paragraph, start, " " * (_INDENT + deeper))
    return lines


def _wrapped(text: str, start: str, then: str = "") -> list[str]:
    """Return the lines of a text; one that fits, such as a row of a table, keeps its spaces."""
    line = printable(shown(text), longest=None)
    line = re.sub(rf"\S{{{LONGEST + 1},}}", lambda word: printable(word[0], LONGEST), line)
    line = start + printable(line, LONGEST_PARAGRAPH)
    if len(line) <= WIDTH:
        return [line]
    return textwrap.wrap(line, WIDTH, subsequent_indent=then, break_on_hyphens=False)


def _title(explanation: Explanation) -> str:
    given = [
        f"{name}={printable(value, LONGEST)}"
        for name, value in explanation.shown(explanation.given).items()
    ]
    values = listed(given) or "its defaults"
    at = f" {explanation.since:%H:%M} UTC" if explanation.since else ""
    return f"{explanation.template.name} with {values}, on {explanation.start}{at}"


def _answers(explanation: Explanation) -> Iterator[tuple[str, list[str]]]:
    protection, types = explanation.protection, explanation.types
    if types and protection.rules:
        yield from _what_and_when(explanation)
        yield from _of_backups(explanation)
    elif explanation.copy_vaults:
        yield from _of_copies(explanation)
    elif protection.restore_plans and not protection.rules:
        yield "What", [f"restore tests of {tested(protection)}; nothing is backed up here"]
    else:
        yield from _what_and_when(explanation)
    if protection.restore_plans or protection.restore_tests:
        yield "Tests", [*tests(explanation)]
        if not types and not explanation.copy_vaults:
            yield "Alerts", [*_alerts(protection)] or ["none in this stack"]
    yield from _not_known(explanation)


def _what_and_when(explanation: Explanation) -> Iterator[tuple[str, list[str]]]:
    protection, types = explanation.protection, explanation.types
    itself = " in this template itself" if protection.not_read else ""
    what = [*taken(types), *unsure(types, BACKUP)]
    if lost := [each.type for each in types if each.backed_up is False]:
        what.append(f"not backed up: {these(lost, [each.type for each in types])} (see below)")
    if not what:
        what = [f"nothing: no selection of a backup plan{itself} takes anything"]
    if any(rule.pauses_windows for rule in protection.rules):
        what.append("Windows instances write their data to disk before a backup (VSS)")
    yield "What", what
    every_rule = [*protection.rules, *(each.rule for each in protection.refused)]
    rules = [line for rule in every_rule for line in when(explanation, rule)]
    plans = sorted({selection.plan for selection in protection.selections})
    if plans and not rules:
        rules = [f"not known: no rule of the plan {listed(plans)} is in the template"]
    yield "When", rules or [f"never: no backup plan{itself} has a rule"]


def _of_copies(explanation: Explanation) -> Iterator[tuple[str, list[str]]]:
    protection, vaults = explanation.protection, explanation.copy_vaults
    names = listed([vault.name for vault in vaults])
    yield "What", [f"copies, or backups, that plans elsewhere make into {names}"]
    yield "Copies", [line for vault in vaults for line in copies_to(vault, alone=len(vaults) == 1)]
    yield "Where", [line for vault in vaults for line in _where(_without_copies(vault), set())]
    yield "Restore", [*restores_of_copies(protection)]
    yield "Alerts", [*_alerts(protection)] or [NO_ALERTS]
    yield "Stays", [*_stays(vaults, restore_roles(protection))]


def _without_copies(vault: Vault) -> Vault:
    """Return the vault without who may copy into it, which is told by itself."""
    rest = frozenset((its, who) for its, who in vault.open_to if its != COPY_INTO)
    return replace(vault, open_to=rest)


def _of_backups(explanation: Explanation) -> Iterator[tuple[str, list[str]]]:
    protection, types = explanation.protection, explanation.types
    names = {each.type for each in types}
    yield "Restore from", [*restore_points(explanation)]
    yield "Lost at worst", [*worst(explanation)]
    yield "Where", [line for vault in used_vaults(protection) for line in _where(vault, names)]
    yield "Copies", [*_copies(protection, names)] or ["none"]
    yield "Restore", [*restores(protection, types)]
    yield "Alerts", [*_alerts(protection)] or [NO_ALERTS]
    yield "Stays", [*_stays(used_vaults(protection), used_roles(protection))]


def _where(vault: Vault, types: set[str]) -> Iterator[str]:
    if not vault.made:
        yield f"vault {named(vault.name)}, not in the template: key, lock and policy are not known"
        return
    yield f"vault {vault.name}"
    key = f"key: {named(vault.key)}" if vault.key else "key: aws/backup, managed by AWS"
    key = "key: made by the stack" if vault.key_made else key
    own = types & {"EC2 instances", "EBS volumes"}
    yield key + ("; EC2 and EBS keep the key of their volumes" if own else "")
    yield f"lock: {_lock(vault)}"
    denied = vault.denied.get(_DELETION)
    lifted = _lifted(vault.lock)
    if denied is None:
        yield f"deletion: {lifted}by whomever IAM allows"
    else:
        who = [named(arn, alone=True) for arn in sorted(denied)]
        yield f"deletion: {lifted}denied to everybody{' but ' if who else ''}{listed(who)}"
    by_who: dict[str, list[str]] = {}
    for action, principal in sorted(vault.open_to):
        by_who.setdefault(principal, []).append(action)
    for principal, actions in by_who.items():
        yield f"allowed to {whom(principal)}: {listed(actions)}"


def _lifted(lock: Lock | None) -> str:
    """Return how long a lock keeps everybody from deleting backups, before who may then."""
    if lock is None:
        return ""
    if lock.grace is None:
        return "by nobody until an administrator lifts the lock, then "
    for_days = f"for {days(lock.grace)}, an administrator can lift the lock"
    return f"by nobody until a backup expires; {for_days}, then "


def _lock(vault: Vault) -> str:
    if vault.lock is None:
        return "none"
    mode = "governance, which an administrator can lift"
    if vault.lock.grace is not None:
        after = f" after {days(vault.lock.grace)}" if vault.lock.grace else ""
        mode = f"compliance, which nobody can lift{after}"
    limits = [
        f"{name} {days(number)}"
        for name, number in (("at least", vault.lock.minimum), ("at most", vault.lock.maximum))
        if number is not None
    ]
    return mode + (f"; backups are kept {' and '.join(limits)}" if limits else "")


def _copies(protection: Protection, types: set[str]) -> Iterator[str]:
    by_copies: dict[tuple[str, ...], list[str]] = {}
    for rule in protection.rules:
        if rule.copies:
            own = {copy.kept for copy in rule.copies} == {rule.kept}
            copies = tuple(
                named(copy.vault) + ("" if own else f", kept {kept(copy.kept)}")
                for copy in rule.copies
            )
            end = ", kept as long as the backups" if own else ""
            by_copies.setdefault((f"{listed([*copies])}{end}",), []).append(rule.name)
    for (copies_text,), names in by_copies.items():
        whole = len(names) == len(protection.rules)
        yield f"of {'every backup' if whole else listed(names)} to {copies_text}"
    if by_copies and (keyed := [name for name in ARNS if name in types & OWN_KEY]):
        # https://docs.aws.amazon.com/aws-backup/latest/devguide/encryption.html
        yield (
            f"{listed(keyed)}: to another region only if the key there is not aws/backup, "
            "to another account only if AWS does not manage their key"
        )


def _alerts(protection: Protection) -> Iterator[str]:
    by_topic: dict[tuple[str, bool], list[Hearing]] = {}
    for each in protection.heard:
        by_topic.setdefault((each.topic, each.certain), []).append(each)
    for (topic, certain), hearings in sorted(by_topic.items()):
        who = [
            f"{each} (once confirmed)" if "@" in each else each
            for each in sorted(protection.subscribers.get(topic, ()))
        ]
        through = listed(who) or f"the topic {named(topic)}"
        unsure = "" if certain else ", if the policy of the topic allows it"
        yield f"{through} hears of{unsure}:"
        yield from (f"  {line}" for line in _heard(hearings))


def _heard(hearings: Sequence[Hearing]) -> Iterator[str]:
    """Yield what is heard of, grouped by what it is about: failed and expired backups."""
    adjectives: dict[str, list[str]] = {}
    rest, missing = [], []
    for each in sorted(hearings, key=lambda each: each.what):
        first, _, noun = each.what.partition(" ")
        if each.what.startswith(MISSING):
            of = each.what.removeprefix(MISSING) or " of anything"
            missing.append(f"no backup{of} for {each.after} hours")
        elif noun in ("backups", "copies", "restores"):
            adjectives.setdefault(noun, []).append(first)
        else:
            rest.append(each.what)
    about = [f"{listed(firsts)} {noun}" for noun, firsts in adjectives.items()]
    yield from filter(None, (", ".join(about), listed(rest), listed(missing)))


def _stays(vaults: Sequence[Vault], roles: Sequence[Role]) -> Iterator[str]:
    found, full = [], []
    for vault in vaults:
        if vault.kept:
            whose = "" if vault.made else " (not of this stack)"
            found += [f"the vault {named(vault.name)}{whose}", "its backups"]
            found += ["its key"] * (vault.key_made and vault.key_kept)
        else:
            full.append(vault.name)
    found += ["the role" for role in roles if role.kept]
    yield listed(found) or "nothing is kept"
    if full:
        # https://docs.aws.amazon.com/aws-backup/latest/devguide/API_DeleteBackupVault.html
        yield f"a deletion of the stack fails while there are backups in {listed(full)}"


def _not_known(explanation: Explanation) -> Iterator[tuple[str, list[str]]]:
    if elsewhere := explanation.protection.not_read:
        whose = "its template" if len(elsewhere) == 1 else "their templates"
        yield "Not read", [f"{listed([*elsewhere])}: explain {whose}, too"]
    if explanation.unknown:
        names = listed(explanation.unknown)
        yield "Not known", [f"{names}: no default; give NAME=VALUE"]
    assumed = []
    for each in explanation.assumptions:
        answer = "true" if each.holds else "false"
        assumed.append(f"condition {each.condition} is {answer}: {listed([*each.asks])} decides it")
    if assumed:
        yield "Assumed", assumed


def _gap(explanation: Explanation, gap: Gap) -> str:
    its = explanation.shown(explanation.values)
    values = [f"{name} is {its.get(name, 'not given') or 'empty'}" for name in gap.parameters]
    return gap.in_short + (f": {' and '.join(values)}" if values else "")
