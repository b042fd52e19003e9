"""The texts and numbers of a template that is evaluated, with their unknown parts marked."""

import json
from typing import Any

from _backup.matching import unknown

from generator.cloudformation.evaluate import ABSENT, View
from generator.cloudformation.functions import call_of
from generator.cloudformation.read import Template
from generator.protection.model import Value


def text(node: Any) -> str:
    """Return a resolved value as text; empty if it is missing."""
    if node is None:
        return ""
    if isinstance(node, str):
        return unknown(node) if "{{resolve:" in node else node
    call = call_of(node)
    match (call.name, call.argument) if call else (None, None):
        case "Ref", str(name):
            return unknown(name)
        case "Fn::GetAtt", [str(name), str(attribute)]:
            return unknown(f"{name}.{attribute}")
        case "Fn::Join", ["", list(parts)]:
            return "".join(map(text, parts))
    return unknown(json.dumps(node, sort_keys=True, default=str))


def number(node: Any, default: Value | None = None) -> Value | None:
    """Return a resolved number; its text if that is unknown; the default if it is missing."""
    found = text(node)
    if not found:
        return default
    try:
        return int(found)
    except ValueError:
        return found if "\0" in found else unknown(found)


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


VAULTS = ("AWS::Backup::BackupVault", "AWS::Backup::LogicallyAirGappedBackupVault")


class Stack:
    """The resources of a template with some parameter values, and their properties."""

    def __init__(self, template: Template, values: dict[str, Any]) -> None:
        view = View(template, values)
        # What a resource is called does not depend on how the template refers to it.
        names: dict[str, Any] = {}
        for name, resource in template.resources.items():
            own = view.resolve(_name_node(resource)) if view.exists(resource) else None
            if own and own is not ABSENT:
                names[name] = own
                if resource["Type"] in VAULTS:
                    names[f"{name}.BackupVaultArn"] = view.resolve(_vault_arn(own))
        self._resolved: dict[str, dict[str, Any]] = {}
        self._view = View(template, {**names, **values})
        self.resources = {
            name: resource
            for name, resource in template.resources.items()
            if self._view.exists(resource)
        }

    def of_type(self, *types: str) -> list[tuple[str, dict[str, Any]]]:
        """Return logical id and properties of the resources of these types that exist."""
        return [
            (name, self._properties(name))
            for name, resource in self.resources.items()
            if resource.get("Type") in types
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

    def vault_arn(self, name: str) -> str:
        """Return the ARN of a vault in the region and account of the stack."""
        return text(self._view.resolve(_vault_arn(name)))

    def is_kept(self, name: str) -> bool:
        """Return whether the resource stays when the stack is deleted or replaces it."""
        policies = (
            text(self._view.resolve(self.resources[name].get(key)))
            for key in ("DeletionPolicy", "UpdateReplacePolicy")
        )
        return all(policy in ("Retain", "RetainExceptOnCreate") for policy in policies)


_NAMES = {**dict.fromkeys(VAULTS, "BackupVaultName"), "AWS::IAM::Role": "RoleName"}
"""The property that Ref returns."""


def _vault_arn(name: Any) -> dict[str, Any]:
    form = "arn:${AWS::Partition}:backup:${AWS::Region}:${AWS::AccountId}:backup-vault:${Name}"
    return {"Fn::Sub": [form, {"Name": name}]}


def _name_node(resource: dict[str, Any]) -> Any:
    properties = resource.get("Properties")
    key = _NAMES.get(str(resource.get("Type")))
    return properties.get(key) if key and isinstance(properties, dict) else None


def accounts(stack: Stack) -> dict[str, str]:
    """Return what every request within the account of the stack says about accounts."""
    keys = ("aws:PrincipalAccount", "aws:ResourceAccount", "aws:SourceAccount")
    return dict.fromkeys(keys, stack.ref("AWS::AccountId"))
