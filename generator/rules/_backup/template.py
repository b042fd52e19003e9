"""The plans, rules, copies, selections and vaults in a template, and what refers to a vault."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

sys.path.extend({str(Path(__file__).parents[1])} - {*sys.path})  # cfn-lint loads each file alone

from _backup.cases import ABSENT, TOKEN, Case, Given, Partial, both, together
from _backup.values import Values

VAULT = "AWS::Backup::BackupVault"
AIR_GAPPED_VAULT = "AWS::Backup::LogicallyAirGappedBackupVault"
VAULTS = (VAULT, AIR_GAPPED_VAULT)
PLAN = "AWS::Backup::BackupPlan"
SELECTION = "AWS::Backup::BackupSelection"
KEYS = ("AWS::KMS::Key", "AWS::KMS::ReplicaKey")

KEEPS = ("Retain", "RetainExceptOnCreate")
REPLACED = "UpdateReplacePolicy"
# CloudFormation changes each property of these in place: their schemas have no
# createOnlyProperties.
NEVER_REPLACED = ("AWS::KMS::Key", "AWS::IAM::Policy")


def plan_rules(values: Values) -> Iterator[tuple[Case, list[Case]]]:
    """Yield each plan with its rules."""
    for _, properties in values.of_type(PLAN):
        for plan in values.at(properties, "BackupPlan"):
            if isinstance(plan.value, dict):
                rules = values.items(values.at(plan, "BackupPlanRule"))
                yield plan, [rule for rule in rules if isinstance(rule.value, dict)]


def rules_of_plans(values: Values) -> Iterator[Case]:
    """Yield the rules of all plans."""
    for _, rules in plan_rules(values):
        yield from rules


def copies_of(values: Values, rule: Case) -> Iterator[Case]:
    """Yield the copy actions of a rule."""
    for copy in values.items(values.at(rule, "CopyActions")):
        if isinstance(copy.value, dict):
            yield copy


def selections_of_plans(values: Values) -> Iterator[tuple[Case, Case]]:
    """Yield the properties of each selection resource, and the selection in them."""
    for _, properties in values.of_type(SELECTION):
        for selection in values.at(properties, "BackupSelection"):
            if isinstance(selection.value, dict):
                yield properties, selection


def selections(values: Values) -> Iterator[Case]:
    """Yield the selections in the template."""
    for _, selection in selections_of_plans(values):
        yield selection


def filled(values: Values, case: Case) -> bool | None:
    """Return whether the list or object has something in it; None: it is unknown."""
    if case.value is ABSENT or case.value in ([], {}):
        return False
    if isinstance(case.value, dict):
        return True
    inside = list(values.items([case])) if isinstance(case.value, list) else None
    if inside and any(item.given == case.given for item in inside):
        return True
    return False if inside == [] else None


def narrows(values: Values, conditions: Case) -> bool | None:
    """Return whether there is a condition in Conditions; None: it is unknown."""
    if not isinstance(conditions.value, dict):
        return filled(values, conditions)
    lists = [case for name in conditions.value for case in values.at(conditions, str(name))]
    some = {filled(values, case) for case in lists}
    return True if True in some else None if None in some else False


def filled_together(
    values: Values, selection: Case, first: str, second: str
) -> Iterator[tuple[bool | None, bool | None, Case, Given]]:
    """Yield whether each of two properties has something in it, the second one, and when."""
    for (one, other), given in together(values.at(selection, first), values.at(selection, second)):
        yield filled(values, one), filled(values, other), other, given


class Vault(NamedTuple):
    """A vault in the template, and what must be true for a reference to mean it."""

    name: str
    given: Given


def vault_named(values: Values, reference: Case) -> Vault | None:
    """Return the vault in the template that has this name."""
    if reference.text is None:
        return None
    for name, properties in values.of_type(*VAULTS):
        for its_name in values.at(properties, "BackupVaultName"):
            meant = {f"${{{name}}}", f"${{{name}.BackupVaultName}}", its_name.text}
            given = both(reference.given, properties.given, its_name.given)
            if reference.text in meant and given is not None:
                return Vault(name, given)
    return None


def vault_at(values: Values, reference: Case) -> Vault | None:
    """Return the vault in the template that has this ARN."""
    name, attribute = reference.reference
    if attribute == "BackupVaultArn":
        vault = dict(values.of_type(*VAULTS)).get(name)
        given = both(reference.given, vault.given) if vault else None
        return Vault(name, given) if given is not None else None
    match arn_parts(reference.text or ""):
        case [_, _, _, "${AWS::Region}", "${AWS::AccountId}", "backup-vault", name]:
            return vault_named(values, Case(Partial(name), reference.path, reference.given))
    return None


def arn_parts(text: str) -> list[str] | None:
    """Return the parts of an ARN, with the resource split at its first colon; None: no ARN.

    Unknown parts stay ``${...}``, even if their names contain colons.
    """
    names: list[str] = []

    def hide(found: re.Match[str]) -> str:
        names.append(found[0])
        return f"\0{len(names) - 1}\0"

    match TOKEN.sub(hide, text).split(":", 6):
        case ["arn", _partition, _service, _region, _account, _resource, *_name] as parts:
            return [re.sub("\0([0-9]+)\0", lambda found: names[int(found[1])], p) for p in parts]
    return None


def can_become_arn(text: str) -> bool:
    """Return whether the text can be an ARN once its first unknown part is known."""
    beginning, *unknown = TOKEN.split(text)
    return bool(unknown) and (not beginning or f"{beginning}:".startswith("arn:"))


def written_off(values: Values, name: str) -> bool:
    """Return whether the author wrote that the resource goes: Delete, wherever it can go."""
    resource = values.resources[name]
    never_replaced = values.type_of(name) in NEVER_REPLACED
    policies = ("DeletionPolicy",) if never_replaced else ("DeletionPolicy", REPLACED)
    return all(resource.get(policy) == "Delete" for policy in policies)


def to_be_kept(values: Values, name: str) -> str:
    """Return the attributes that a resource lacks to outlive its stack and its replacement.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
    """
    resource = values.resources[name]
    deletion = resource.get("DeletionPolicy", "Delete")
    replacement = resource.get(REPLACED, "Delete")
    if "Fn::Transform" in resource:
        return ""
    missing: list[str] = []
    # An expression (AWS::LanguageExtensions) is unknown, so it is not a finding.
    if isinstance(deletion, str) and deletion not in KEEPS:
        missing.append(f"DeletionPolicy: {_keeping(values)}")
    replaceable = values.type_of(name) not in NEVER_REPLACED
    if replaceable and isinstance(replacement, str) and replacement != "Retain":
        missing.append(f"{REPLACED}: Retain")
    return " and ".join(missing)


def _keeping(values: Values) -> str:
    """Return the DeletionPolicy to advise."""
    # Users report that this transform refuses RetainExceptOnCreate.
    refused = "AWS::LanguageExtensions" in values.transforms
    return "Retain" if refused else "RetainExceptOnCreate"
