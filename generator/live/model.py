"""What the template of a stack protects, and what is left of it by what AWS says of the stack."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from _backup.arn_forms import FORMS

from generator import hosts
from generator.cloudformation.evaluate import View
from generator.cloudformation.expand import expanded
from generator.cloudformation.functions import scalar
from generator.cloudformation.read import Template, entry
from generator.compare.alert_losses import alert_losses
from generator.compare.loss import Loss, sentences
from generator.compare.protection_losses import plan_losses
from generator.compare.role_losses import role_losses
from generator.compare.vault_losses import vault_losses
from generator.live import answers as said
from generator.live.answers import Answers
from generator.live.reading import document
from generator.protection.abilities import BACKUP, RESTORE
from generator.protection.model import Protection, Role, Vault
from generator.protection.reaches import takes
from generator.protection.reading import protection_of
from generator.protection.texts import AS_REF, Place, Stack
from generator.protection.vaults import NEEDED, undecided_uses
from generator.protection.words import listed

_KEY_ARN = "arn:${AWS::Partition}:kms:${AWS::Region}:${AWS::AccountId}:key/"
_SSM = "AWS::SSM::Parameter::Value<"


@dataclass(frozen=True)
class Deployed:
    """A stack: its template, and the values of all that its template refers to."""

    template: Template
    values: Mapping[str, Any]

    @cached_property
    def stack(self) -> Stack:
        """What the template says of the stack."""
        return Stack(self.template, dict(self.values))

    @cached_property
    def expected(self) -> Protection:
        """What the template protects with the values."""
        return protection_of(self.stack)


def deployed(
    template: Template,
    parameters: Iterable[Mapping[str, Any]],
    physical: Mapping[str, str],
    place: Place,
    stack_id: str = "",
) -> Deployed:
    """Return a stack by its template, its ``Parameters`` of DescribeStacks and its physical ids.

    ``physical`` is by logical id. Whatever raises UnreadableError for a template raises it here.
    """
    given = {each["ParameterKey"]: each for each in parameters}
    template = _with_resolved(expanded(template), given)
    values: dict[str, Any] = dict(_of_parameters(template, given))
    values |= _pseudo_parameters(place, stack_id)
    return Deployed(template, {**values, **_names(template, values, physical)})


def _with_resolved(template: Template, given: Mapping[str, Mapping[str, Any]]) -> Template:
    """Return the template with parameters of the type that their values from SSM have."""
    parameters = dict(template.parameters)
    for name, parameter in parameters.items():
        kind = scalar(entry(parameter).get("Type"))
        if kind.startswith(_SSM) and "ResolvedValue" in given.get(name, {}):
            parameters[name] = {**parameter, "Type": kind[len(_SSM) : -1]}
    return replace(template, document={**template.document, "Parameters": parameters})


def _of_parameters(
    template: Template, given: Mapping[str, Mapping[str, Any]]
) -> Iterator[tuple[str, str]]:
    for name, parameter in template.parameters.items():
        its = {"ParameterValue": parameter.get("Default"), **given.get(name, {})}
        value = its.get("ResolvedValue", its["ParameterValue"])
        if value is not None:
            yield name, scalar(value)


def _pseudo_parameters(place: Place, stack_id: str) -> dict[str, str]:
    found = {
        "AWS::Partition": place.partition,
        "AWS::Region": place.region,
        "AWS::AccountId": place.account,
        "AWS::URLSuffix": hosts.url_suffix(place.region),
    }
    if stack_id:
        found |= {"AWS::StackId": stack_id, "AWS::StackName": stack_id.split("/")[1]}
    return found


def _names(
    template: Template, values: Mapping[str, Any], physical: Mapping[str, str]
) -> dict[str, Any]:
    """Return what Ref and Fn::GetAtt give for resources."""
    view, found = View(template, values), dict(physical)
    for name, its in physical.items():
        resource = template.resources.get(name, {})
        kind = scalar(resource.get("Type"))
        properties = entry(resource, "Properties")
        if kind in AS_REF:
            found[f"{name}.{AS_REF[kind]}"] = its
        if kind == "AWS::KMS::Key":
            found[f"{name}.Arn"] = _arn(view, _KEY_ARN, its)
        if form := FORMS.get(kind):
            path = view.resolve(properties.get("Path", ""))
            path = path.removeprefix("/") if isinstance(path, str) else ""
            own = its.rpartition(":")[2]  # of a topic, Ref is the ARN
            found |= {f"{name}.{each}": own for each in form.name if each}
            arn = _arn(view, form.beginning, path + own)
            found |= {f"{name}.{each}": arn for each in form.arn if each}
    return found


def _arn(view: View, beginning: str, name: str) -> str:
    return scalar(view.resolve({"Fn::Sub": [beginning + "${Name}", {"Name": name}]}))


# As AWS has it


def live(its: Deployed, answers: Answers) -> Protection:
    """Return what is protected by what AWS says; what it does not say is as in the template.

    So nothing is lost by a question that AWS does not answer. Raises UnreadableError for a policy
    that is none.
    """
    return protection_of(_stack(its, answers))


def _stack(its: Deployed, answers: Answers) -> Stack:
    resources = {**dict(_as_found(its, answers)), **dict(_beside(its, answers))}
    as_found = {**its.template.document, "Resources": resources}
    # What stands beside the template is called by its ARN.
    arns = {arn: arn for arn in resources if arn.startswith("arn:")}
    values = {**its.values, **arns, **{f"{arn}.Arn": arn for arn in arns}}
    found = replace(its.template, name="the stack as AWS has it", document=as_found)
    return Stack(found, values)


def _as_found(its: Deployed, answers: Answers) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the resources of the template that are there."""
    known = {
        name: properties for kind in said.AS_FOUND for name, properties in its.stack.of_type(kind)
    }
    for name, resource in its.stack.resources.items():
        if name not in known:
            yield name, resource
            continue
        found = said.AS_FOUND[resource["Type"]](known[name], its.stack.ref(name), answers)
        if found is not None:
            yield name, {**resource, "Properties": found}


def _beside(its: Deployed, answers: Answers) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield resources that are not in the template. No logical id has a blank, or is an ARN."""
    plans = [name for name, _ in its.stack.of_type("AWS::Backup::BackupPlan")]
    for number, selection in enumerate(answers.selections or []) if plans else ():
        properties = {"BackupPlanId": its.stack.ref(plans[0]), "BackupSelection": selection}
        yield f"selection {number}", _resource("AWS::Backup::BackupSelection", properties)
    made = {
        its.stack.ref(name)
        for name, _ in its.stack.of_type("AWS::Backup::BackupVault", "AWS::SNS::Topic")
    }
    name = (answers.vault or {}).get("BackupVaultName")
    if name and name not in made:  # adopted
        known = {"BackupVaultName": name, "EncryptionKeyArn": _key(answers)}
        yield "a vault", _resource("AWS::Backup::BackupVault", said.vault(known, name, answers))
    if answers.key_policy is not None and its.stack.key_named(_key(answers)) is None:
        yield _key(answers), _resource("AWS::KMS::Key", said.key({}, "", answers))
    for arn, policy in answers.managed.items():
        properties = {"PolicyDocument": document(policy)}
        yield arn, _resource("AWS::IAM::ManagedPolicy", properties)
    for arn, policy in said.policies_of_topics(answers).items():
        yield f"policy {arn}", _resource("AWS::SNS::TopicPolicy", policy)
        if arn not in made:
            yield arn, _resource("AWS::SNS::Topic", said.topic({}, arn, answers))


def _key(answers: Answers) -> str:
    return str((answers.vault or {}).get("EncryptionKeyArn", ""))


def _resource(kind: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    kept = dict.fromkeys(("DeletionPolicy", "UpdateReplacePolicy"), "Retain")
    return {"Type": kind, **kept, "Properties": properties}


# What is lost


def drift(its: Deployed, answers: Answers, types: Iterable[str] = ()) -> list[str]:
    """Return what plan, selections, role and vault protect less than the template, in sentences.

    What is only heard of is told by ``unheard``. Whether AWS Backup may assume the role, what it
    refuses to make, and what it may back up and restore of these types, are questions of their own.
    Raises what ``live`` raises.
    """
    before = its.expected
    found = live(its, _without_alerts(answers))
    after = replace(
        found,
        # Of several roles, the first one is compared.
        reaches=tuple(sorted(found.reaches, key=lambda reach: reach.role not in found.roles)),
        roles={**found.roles, **dict(_stand_ins(before, found))},
        rules=(*found.rules, *(each.rule for each in found.refused)),
        refused=(),
    )
    before = replace(
        before,
        vaults={**before.vaults, **dict(_adopted(before, found))},
        roles={arn: _asked_elsewhere(role, after, types) for arn, role in before.roles.items()},
    )
    losses = (loss for lost in _OF_A_STACK for loss in lost(before, after))
    return sentences([*_of_other_roles(before, found), *losses])


def _asked_elsewhere(role: Role, after: Protection, types: Iterable[str]) -> Role:
    """Return a role that may do, of what other questions ask about, what it may do now."""
    now = after.roles.get(role.arn, role)
    asked = ((kind, does) for kind in types for does in (BACKUP, RESTORE))
    lacks = {each: now.lacks[each] for each in asked if each in now.lacks}
    return replace(role, trusted=None, lacks={**role.lacks, **lacks})


def open_uses(its: Deployed, answers: Answers) -> list[str]:
    """Return who could use the vault's key by the template, and may not if a condition holds.

    Raises what ``live`` raises.
    """
    stack = _stack(its, answers)
    key = stack.key_named(_key(answers))
    undecided = undecided_uses(stack, key) if key else set()
    before = {use for vault in its.expected.vaults.values() for use in vault.key_lets}
    return sorted({who for who, _ in undecided & before})


def unheard(its: Deployed, answers: Answers) -> list[str]:
    """Return what is heard of no longer, or by fewer, than the template says, in sentences.

    Raises what ``live`` raises.
    """
    return sentences(alert_losses(its.expected, live(its, _only_alerts(answers))))


_OF_A_STACK = (plan_losses, role_losses, vault_losses)
_ALERTS = ("rules", "targets", "alarms", "topics")


def _without_alerts(answers: Answers) -> Answers:
    return replace(answers, **{name: getattr(Answers(), name) for name in _ALERTS})


def _only_alerts(answers: Answers) -> Answers:
    return Answers(**{name: getattr(answers, name) for name in _ALERTS})


def _adopted(before: Protection, after: Protection) -> Iterator[tuple[str, Vault]]:
    """Yield the vaults of which a template says nothing, as they are but for what they refuse."""
    for name, vault in after.vaults.items():
        if vault.made and not (name in before.vaults and before.vaults[name].made):
            denied = {action: who for action, who in vault.denied.items() if action not in NEEDED}
            yield name, replace(vault, lock=None, denied=denied)


def _of_other_roles(before: Protection, after: Protection) -> Iterator[Loss]:
    """Yield what is backed up with a role of which nothing is known."""
    for reach in before.reaches:
        roles = {
            each.role: None
            for each in after.reaches
            if each.type == reach.type and takes(each, reach)
        }
        if roles and reach.role not in roles:
            others = f" are backed up with the role {listed([*roles])} instead of {reach.role}"
            yield Loss("", reach.type, others)


def _stand_ins(before: Protection, after: Protection) -> Iterator[tuple[str, Role]]:
    """Yield roles of selections of which nothing is known, as good as that of the template."""
    known = [before.roles[each.role] for each in before.selections if each.role in before.roles]
    for selection in after.selections if known else ():
        if selection.role not in after.roles:
            yield selection.role, replace(known[0], arn=selection.role)
