"""A template with everything a stack knows: the generator's evaluator, and nothing left open."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from generator import hosts
from generator.cloudformation.errors import UnreadableError
from generator.cloudformation.evaluate import ABSENT, View, unknowns
from generator.cloudformation.parameter_constraints import refusal
from generator.cloudformation.read import Template
from generator.cloudformation.references import references
from tests.local_aws.errors import RefusedError


@dataclass(frozen=True)
class Place:
    """Where a stack lives: what its pseudo parameters say."""

    region: str = "us-east-1"
    account: str = "123456789012"
    stack_name: str = "stack"
    stack_id: str = "arn:stack-id"

    @property
    def partition(self) -> str:
        """Return the partition of the region."""
        return hosts.partition(self.region)

    def pseudo_parameters(self) -> dict[str, str]:
        """Return the values of the pseudo parameters that our templates use.

        https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/pseudo-parameter-reference.html
        """
        return {
            "AWS::Region": self.region,
            "AWS::AccountId": self.account,
            "AWS::Partition": self.partition,
            "AWS::URLSuffix": hosts.url_suffix(self.region),
            "AWS::StackName": self.stack_name,
            "AWS::StackId": self.stack_id,
        }


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
        return self.ref(f"{logical_id}.{name}")


class Evaluation:
    """A template with the values of its parameters and conditions."""

    def __init__(
        self,
        document: Mapping[str, Any],
        parameters: Mapping[str, Any],
        place: Place,
        *,
        evaluate_rules: bool = True,
    ) -> None:
        self.template = template = Template(place.stack_name, {**document})
        self.place = place
        self.parameters = accepted(template, parameters)
        self.values = {**self.parameters, **place.pseudo_parameters()}
        view = View(template, self.values)
        try:
            for name, rule in template.rules.items() if evaluate_rules else ():
                if why := view.refusal(rule):
                    raise RefusedError(f"Rule {name}: {why}")
            self.conditions = {name: view.holds(name) for name in template.conditions}
            self.existing = {
                name: resource
                for name, resource in template.resources.items()
                if view.exists(resource)
            }
        except UnreadableError as error:
            raise RefusedError(str(error)) from error

    def properties(self, logical_id: str, lookup: Lookup) -> dict[str, Any]:
        """Return a resource's properties, every function evaluated."""
        properties = self.existing[logical_id].get("Properties", {})
        value: dict[str, Any] = self._resolved(properties, lookup)
        return value

    def outputs(self, lookup: Lookup) -> dict[str, str]:
        """Return the outputs that exist; each has to be one string."""
        view = View(self.template, self.values)
        found = {
            name: self._resolved(output["Value"], lookup)
            for name, output in self.template.outputs.items()
            if view.exists(output)
        }
        for name, value in found.items():
            if not isinstance(value, str):
                raise RefusedError(f"The output {name} is not a string.")
        return found

    def dependencies(self) -> dict[str, set[str]]:
        """Return for each existing resource the existing ones that have to be there first.

        DependsOn counts, and every mention, whichever branch of an If it stands in.
        """
        found = {}
        for name, resource in self.existing.items():
            depends_on = resource.get("DependsOn", [])
            named = {depends_on} if isinstance(depends_on, str) else {*depends_on}
            found[name] = (named | references(resource.get("Properties", {}))) & {*self.existing}
        return found

    def _resolved(self, node: Any, lookup: Lookup) -> Any:
        try:
            value = View(self.template, _Known(self, lookup)).resolve(node)
        except UnreadableError as error:
            raise RefusedError(str(error)) from error
        if value is ABSENT or unknowns(value):
            raise RefusedError(f"a stack cannot know {sorted(unknowns(value)) or 'AWS::NoValue'}")
        return value


class _Known(Mapping[str, Any]):
    """What a stack knows by name: parameters, pseudo parameters, resources, attributes."""

    def __init__(self, evaluation: Evaluation, lookup: Lookup) -> None:
        self._evaluation = evaluation
        self._lookup = lookup

    def __getitem__(self, key: str) -> Any:
        if key in self._evaluation.values:
            return self._evaluation.values[key]
        logical_id, _, attribute = key.partition(".")
        if logical_id not in self._evaluation.template.resources:
            raise KeyError(key)
        if logical_id not in self._evaluation.existing:
            raise RefusedError(f"{logical_id} is used, and its condition is false.")
        if attribute:
            return self._lookup.attribute(logical_id, attribute)
        return self._lookup.ref(logical_id)

    def __iter__(self) -> Iterator[str]:
        return iter(self._evaluation.values)

    def __len__(self) -> int:
        return len(self._evaluation.values)


def accepted(template: Template, given: Mapping[str, Any]) -> dict[str, str]:
    """Return every parameter's value, or raise RefusedError.

    A list given from Python is refused: what CloudFormation receives, from a parent stack too, is
    one string.
    """
    if unknown := sorted(set(given) - set(template.parameters)):
        raise RefusedError(f"Parameters {unknown} do not exist in the template.")
    values = {}
    for name, parameter in template.parameters.items():
        if name not in given and "Default" not in parameter:
            raise RefusedError(f"Parameter {name} must have a value.")
        value = given.get(name, parameter.get("Default"))
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise RefusedError(f"Parameter {name} is {value!r}: a string is needed.")
        if why := refusal(parameter, str(value)):
            hint = parameter.get("ConstraintDescription", "")
            raise RefusedError(f"Parameter {name}: {value!r} {why}. {hint}".rstrip())
        values[name] = str(value)
    return values


@dataclass(frozen=True)
class Resolved:
    """A template as CloudFormation sees it for given parameters."""

    parameters: dict[str, str]
    conditions: dict[str, bool]
    types: dict[str, str]
    resources: dict[str, dict[str, Any]]
    """Logical id to properties, of the resources whose condition holds."""
    outputs: dict[str, str]


def resolve(
    document: Mapping[str, Any],
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
        document, parameters or {}, Place(region=region), evaluate_rules=evaluate_rules
    )
    lookup = Placeholders({} if known is None else known)
    return Resolved(
        parameters=evaluation.parameters,
        conditions=evaluation.conditions,
        types={name: resource["Type"] for name, resource in evaluation.existing.items()},
        resources={name: evaluation.properties(name, lookup) for name in evaluation.existing},
        outputs=evaluation.outputs(lookup),
    )
