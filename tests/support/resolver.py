"""What CloudFormation makes of a template for given parameters, before it creates anything."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Protocol

from tests.local_aws.errors import RefusedError
from tests.support import rules
from tests.support.functions import NO_VALUE, Functions, references
from tests.support.parameters import Value, accept

_SECTIONS = {
    "AWSTemplateFormatVersion", "Description", "Metadata", "Parameters", "Rules", "Mappings",
    "Conditions", "Resources", "Outputs",
}  # fmt: skip
_RESOURCE_KEYS = {
    "Type", "Properties", "Condition", "DependsOn", "DeletionPolicy", "UpdateReplacePolicy",
    "Metadata",
}  # fmt: skip
_POLICIES = {
    "DeletionPolicy": {"Delete", "Retain", "RetainExceptOnCreate"},
    "UpdateReplacePolicy": {"Delete", "Retain"},
}


@cache
def _partitions() -> list[dict[str, Any]]:
    from botocore.loaders import Loader

    found: list[dict[str, Any]] = Loader().load_data("endpoints")["partitions"]
    return found


@dataclass(frozen=True)
class Place:
    """Where a stack lives: what its pseudo parameters say."""

    region: str = "us-east-1"
    account: str = "123456789012"
    stack_name: str = "stack"
    stack_id: str = "arn:stack-id"

    def _partition(self) -> dict[str, Any]:
        for partition in _partitions():
            if self.region in partition["regions"]:
                return partition
        raise RefusedError(f"No partition has a region {self.region!r}.")

    def pseudo(self, name: str) -> Any:
        """Return a pseudo parameter's value.

        https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/pseudo-parameter-reference.html
        """
        values = {
            "AWS::Region": self.region,
            "AWS::AccountId": self.account,
            "AWS::Partition": self._partition()["partition"],
            "AWS::URLSuffix": self._partition()["dnsSuffix"],
            "AWS::StackName": self.stack_name,
            "AWS::StackId": self.stack_id,
            "AWS::NoValue": NO_VALUE,
        }
        if name not in values:
            raise RefusedError(f"The pseudo parameter {name} is not one that our templates use.")
        return values[name]


class Lookup(Protocol):
    """Where Ref and GetAtt of a resource find their values."""

    def ref(self, logical_id: str) -> str:
        """Return what Ref gives."""

    def attribute(self, logical_id: str, name: str) -> Any:
        """Return what GetAtt gives."""


@dataclass(frozen=True)
class Placeholders:
    """Values of resources that nobody created: ``<Vault>`` and ``<Vault.Arn>``, or given ones."""

    given: Mapping[str, str] = field(default_factory=dict)

    def ref(self, logical_id: str) -> str:
        """Return what was given for the logical id, or ``<LogicalId>``."""
        return self.given.get(logical_id, f"<{logical_id}>")

    def attribute(self, logical_id: str, name: str) -> Any:
        """Return what was given for ``LogicalId.Name``, or ``<LogicalId.Name>``."""
        return self.given.get(f"{logical_id}.{name}", f"<{logical_id}.{name}>")


class Evaluation:
    """A template, checked, with the values of its parameters and conditions."""

    def __init__(
        self,
        template: Mapping[str, Any],
        parameters: Mapping[str, Any],
        place: Place,
        *,
        evaluate_rules: bool = True,
    ) -> None:
        _check_shape(template)
        self.template = template
        self.place = place
        self.parameters: dict[str, Value] = accept(template.get("Parameters", {}), parameters)
        if evaluate_rules:
            rules.check(template.get("Rules", {}), self._global_ref)
        self.conditions: dict[str, bool] = {}
        self._pending: list[str] = []
        for name in template.get("Conditions", {}):
            self._condition(name)
        self.existing: dict[str, dict[str, Any]] = {
            name: resource
            for name, resource in template["Resources"].items()
            if "Condition" not in resource or self._condition(resource["Condition"])
        }

    def properties(self, logical_id: str, lookup: Lookup) -> dict[str, Any]:
        """Return a resource's properties, every function evaluated."""
        properties = self.existing[logical_id].get("Properties", {})
        value: dict[str, Any] = self._functions(lookup).value(properties)
        return value

    def outputs(self, lookup: Lookup) -> dict[str, str]:
        """Return the outputs that exist; each has to be one string."""
        return {
            name: self._functions(lookup).text(output["Value"])
            for name, output in self.template.get("Outputs", {}).items()
            if "Condition" not in output or self._condition(output["Condition"])
        }

    def dependencies(self) -> dict[str, set[str]]:
        """Return for each existing resource the existing ones that have to be there first.

        DependsOn counts, and every mention, whichever branch of an If it stands in.
        """
        found = {}
        for name, resource in self.existing.items():
            named = {*depends_on(resource), *references(resource.get("Properties", {}))}
            found[name] = named & set(self.existing)
        return found

    def _global_ref(self, name: str) -> Any:
        if name in self.parameters:
            return self.parameters[name]
        if name.startswith("AWS::"):
            return self.place.pseudo(name)
        raise RefusedError(f"{name} is no parameter, so it cannot stand in a condition or rule.")

    def _condition(self, name: str) -> bool:
        if name in self.conditions:
            return self.conditions[name]
        if name not in self.template.get("Conditions", {}):
            raise RefusedError(f"There is no condition {name!r}.")
        if name in self._pending:
            raise RefusedError(f"The condition {name} refers to itself.")
        self._pending.append(name)

        def no_attribute(logical_id: str, _: str) -> Any:
            raise RefusedError(f"A condition cannot read the resource {logical_id}.")

        functions = Functions(self._global_ref, no_attribute, self._condition, self._mappings())
        self.conditions[name] = functions.truth(self.template["Conditions"][name])
        self._pending.remove(name)
        return self.conditions[name]

    def _functions(self, lookup: Lookup) -> Functions:
        def existing(get: Callable[..., Any]) -> Callable[..., Any]:
            def checked(logical_id: str, *rest: str) -> Any:
                if logical_id not in self.existing:
                    raise RefusedError(f"{logical_id} is used, and its condition is false.")
                return get(logical_id, *rest)

            return checked

        def ref(name: str) -> Any:
            if name in self.template["Resources"]:
                return existing(lookup.ref)(name)
            return self._global_ref(name)

        attribute = existing(lookup.attribute)
        return Functions(ref, attribute, self._condition, self._mappings())

    def _mappings(self) -> Mapping[str, Any]:
        mappings: Mapping[str, Any] = self.template.get("Mappings", {})
        return mappings


def _check_shape(template: Mapping[str, Any]) -> None:
    """Refuse what CloudFormation's validation, or this reader, does not know."""
    if unknown := sorted(set(template) - _SECTIONS):
        raise RefusedError(f"The sections {unknown} are not ones that our templates use.")
    if not template.get("Resources"):
        raise RefusedError("The template has no resources.")
    names = set(template["Resources"]) | set(template.get("Parameters", {}))
    for name, resource in template["Resources"].items():
        _check_attributes(name, resource)
        if depends := set(depends_on(resource)) - set(template["Resources"]):
            raise RefusedError(f"{name} depends on {sorted(depends)}, which do not exist.")
        _check_names(name, resource.get("Properties", {}), names)
    for name, output in template.get("Outputs", {}).items():
        if unknown := sorted(set(output) - {"Description", "Value", "Condition"}):
            raise RefusedError(f"The output {name} has unknown keys {unknown}.")
        _check_names(name, output["Value"], names)


def _check_attributes(name: str, resource: Mapping[str, Any]) -> None:
    if unknown := sorted(set(resource) - _RESOURCE_KEYS):
        raise RefusedError(f"{name} has the attributes {unknown}, which our templates lack.")
    for policy, allowed in _POLICIES.items():
        # A function here needs a transform, which our templates do without.
        if policy in resource and str(resource[policy]) not in allowed:
            raise RefusedError(f"{name}: {policy} cannot be {resource[policy]!r}.")


def depends_on(resource: Mapping[str, Any]) -> list[str]:
    """Return the resources that DependsOn names, one or several."""
    named: str | list[str] = resource.get("DependsOn", [])
    return [named] if isinstance(named, str) else named


def _check_names(where: str, node: Any, names: set[str]) -> None:
    missing = {name for name in references(node) if not name.startswith("AWS::")} - names
    if missing:
        raise RefusedError(f"{where} refers to {sorted(missing)}, which do not exist.")


@dataclass(frozen=True)
class Resolved:
    """A template as CloudFormation sees it for given parameters."""

    parameters: dict[str, Value]
    conditions: dict[str, bool]
    types: dict[str, str]
    resources: dict[str, dict[str, Any]]
    """Logical id to properties, of the resources whose condition holds."""
    outputs: dict[str, str]


def resolve(
    template: Mapping[str, Any],
    parameters: Mapping[str, Any] | None = None,
    *,
    region: str = "us-east-1",
    evaluate_rules: bool = True,
    known: Mapping[str, str] | None = None,
) -> Resolved:
    """Return the template resolved, without deploying it; the region decides the partition.

    What a resource will be called shows as ``<Vault>`` (Ref) and ``<Vault.Arn>`` (GetAtt);
    ``known`` gives values instead, under the keys ``Vault`` and ``Vault.Arn``.
    """
    evaluation = Evaluation(
        template, parameters or {}, Place(region=region), evaluate_rules=evaluate_rules
    )
    lookup = Placeholders({} if known is None else known)
    return Resolved(
        parameters=evaluation.parameters,
        conditions=evaluation.conditions,
        types={name: resource["Type"] for name, resource in evaluation.existing.items()},
        resources={name: evaluation.properties(name, lookup) for name in evaluation.existing},
        outputs=evaluation.outputs(lookup),
    )
