"""The texts and numbers of a template that is evaluated, with their unknown parts marked."""

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from _backup.arn_forms import FORMS, IN_THE_ARN, Form
from _backup.matching import unknown

from generator.cloudformation.evaluate import ABSENT, View
from generator.cloudformation.functions import call_of
from generator.cloudformation.read import Template, entry
from generator.protection.model import Value


def text(node: Any) -> str:
    """Return a resolved value as text; empty if it is missing."""
    if node is None:
        return ""
    if isinstance(node, str):
        return unknown(node) if "{{resolve:" in node else node
    call = call_of(node)
    match (call.name, call.argument) if call else (None, None):
        case "Fn::Join", ["", list(parts)]:
            return "".join(map(text, parts))
        case "Ref", str(name):
            pass
        case "Fn::GetAtt", [str(name), str(attribute)]:
            name = f"{name}.{attribute}"
        case ("Fn::ImportValue" | "Fn::SSM") as function, str(name):
            name = f"{function} {name}"
        case _:
            name = json.dumps(node, sort_keys=True, default=str)
    return unknown(name)


# 30, 30.0 and 3e1 are one number. Longer ones are none that AWS takes.
_WHOLE = re.compile(r"[-+]?[0-9]{1,20}(\.0{0,20})?([eE]\+?[0-9]{1,2})?")


def number(node: Any, default: Value | None = None) -> Value | None:
    """Return a resolved whole number; the text of what is none; the default if it is missing."""
    found = text(node)
    if not found:
        return default
    return int(Decimal(found)) if _WHOLE.fullmatch(found) else found


def texts(node: Any) -> tuple[str, ...]:
    """Return a resolved list of texts; a single value counts as a list of one."""
    if node is None:
        return ()
    return tuple(map(text, node if isinstance(node, list) else [node]))


def plain(node: Any) -> Any:
    """Return a resolved part of a template with every function as a text."""
    if isinstance(node, list):
        return [plain(item) for item in node]
    if isinstance(node, dict) and not call_of(node):
        return {key: plain(value) for key, value in node.items()}
    return text(node)


def document_of(node: Any) -> dict[str, Any]:
    """Return a policy document for the evaluator, which takes what is none for unknown."""
    found = plain(node)
    return found if isinstance(found, dict) else {"Statement": unknown("statement")}


def maps(node: Any) -> list[dict[str, Any]]:
    """Return the maps in a resolved list."""
    return [each for each in node if isinstance(each, dict)] if isinstance(node, list) else []


AS_REF = {
    "AWS::Backup::BackupPlan": "BackupPlanId",
    "AWS::KMS::Key": "KeyId",
    "AWS::SNS::Topic": "TopicArn",
}
"""An attribute that is what Ref returns."""

VAULTS = ("AWS::Backup::BackupVault", "AWS::Backup::LogicallyAirGappedBackupVault")


class Place(NamedTuple):
    """Where a stack is."""

    partition: str
    region: str
    account: str


class Stack:
    """The resources of a template with some parameter values, and their properties."""

    def __init__(self, template: Template, values: dict[str, Any]) -> None:
        view = View(template, values)
        self.resources = {
            name: resource for name, resource in template.resources.items() if view.exists(resource)
        }
        self._resolved: dict[str, dict[str, Any]] = {}
        names = dict(self._names(view))
        self._view = View(template, {**names, **values})
        self.place = Place(*map(self.ref, ("AWS::Partition", "AWS::Region", "AWS::AccountId")))
        self._by_type: dict[str, list[str]] = {}
        for name, resource in self.resources.items():
            self._by_type.setdefault(str(resource.get("Type")), []).append(name)

    def _names(self, view: View) -> Iterator[tuple[str, Any]]:
        """Yield what Ref and Fn::GetAtt give for resources that have a name.

        What a resource is called does not depend on how the template refers to it.
        """
        for name, resource in self.resources.items():
            kind = str(resource.get("Type"))
            if kind in AS_REF:
                yield f"{name}.{AS_REF[kind]}", {"Ref": name}
            form = FORMS.get(kind)
            properties = entry(resource, "Properties")
            own = view.resolve(properties.get(form.property_name)) if form else None
            if not form or own in ("", None, ABSENT):
                continue
            arn = view.resolve(_arn(form, own))
            for attributes, value in ((form.name, own), (form.arn, arn)):
                if value is own or not IN_THE_ARN & properties.keys():
                    yield from ((f"{name}.{each}".removesuffix("."), value) for each in attributes)

    def of_type(self, *types: str) -> list[tuple[str, dict[str, Any]]]:
        """Return logical id and properties of the resources of these types that exist."""
        return [
            (name, self._properties(name)) for kind in types for name in self._by_type.get(kind, ())
        ]

    def _properties(self, name: str) -> dict[str, Any]:
        if name not in self._resolved:
            found = self._view.resolve(self.resources[name].get("Properties") or {})
            self._resolved[name] = found if isinstance(found, dict) else {}
        return self._resolved[name]

    def ref(self, name: str) -> str:
        """Return what Ref gives for a name."""
        return text(self._view.resolve({"Ref": name}))

    def attribute(self, name: str, attribute: str) -> str:
        """Return what Fn::GetAtt gives."""
        return text(self._view.resolve({"Fn::GetAtt": [name, attribute]}))

    def arn(self, kind: str, name: str) -> str:
        """Return the ARN of something with this name in the region and account of the stack."""
        return text(self._view.resolve(_arn(FORMS[kind], name)))

    def key_named(self, reference: str) -> str | None:
        """Return the logical id of a key by its id, its ARN or an alias; None: another one."""
        for alias, properties in self.of_type("AWS::KMS::Alias"):
            if reference in (self.ref(alias), text(properties.get("AliasName"))):
                reference = text(properties.get("TargetKeyId"))
        for name, _ in self.of_type("AWS::KMS::Key", "AWS::KMS::ReplicaKey"):
            if reference in (self.ref(name), self.attribute(name, "Arn")):
                return name
        return None

    def policy_of_key(self, name: str) -> dict[str, Any]:
        """Return the document of a key's policy."""
        return document_of(self._properties(name).get("KeyPolicy"))

    def is_kept(self, name: str) -> bool:
        """Return whether the resource stays when the stack is deleted or replaces it."""
        policies = (
            text(self._view.resolve(self.resources[name].get(key)))
            for key in ("DeletionPolicy", "UpdateReplacePolicy")
        )
        return all(policy in ("Retain", "RetainExceptOnCreate") for policy in policies)


def _arn(form: Form, name: Any) -> dict[str, Any]:
    return {"Fn::Sub": [form.beginning + "${Name}", {"Name": name}]}


def accounts(place: Place) -> dict[str, str]:
    """Return what every request within the account of the stack says about accounts."""
    keys = ("aws:PrincipalAccount", "aws:ResourceAccount", "aws:SourceAccount")
    return dict.fromkeys(keys, place.account)
