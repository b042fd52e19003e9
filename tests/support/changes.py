"""What an update of a stack does to its resources, read from AWS's resource schemas."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from tests.local_aws.errors import RefusedError
from tests.local_aws.evaluation import Resolved, resolve

Kind = Literal["unchanged", "updated", "replaced", "added", "removed"]


class Change(NamedTuple):
    """What happens to one resource, and the top-level properties that differ."""

    kind: Kind
    properties: tuple[str, ...] = ()


def changes(
    old_template: Mapping[str, Any],
    new_template: Mapping[str, Any],
    parameters_old: Mapping[str, Any] | None = None,
    parameters_new: Mapping[str, Any] | None = None,
    *,
    region: str = "us-east-1",
) -> dict[str, Change]:
    """Return what the update does to each resource that exists before or after.

    A change of a property that is createOnly, always or under conditions, counts as replacement.
    A replaced resource has another Ref and other attributes, so what uses it changes too. What
    an update in place does to an attribute is not foreseen.
    """
    before = resolve(old_template, parameters_old, region=region)
    replaced: set[str] = set()
    while True:
        after = resolve(new_template, parameters_new, region=region, known=_Renamed(replaced))
        found = {
            name: _change(before, after, name, region)
            for name in sorted({**before.resources, **after.resources})
        }
        now = {name for name, change in found.items() if change.kind == "replaced"}
        if now == replaced:
            return found
        replaced = now


class _Renamed(dict[str, str]):
    """Placeholders that differ from the old ones for the resources that are replaced."""

    def __init__(self, replaced: set[str]) -> None:
        super().__init__()
        self._replaced = replaced

    def get(self, key: str, default: Any = None) -> Any:
        """Return a placeholder; ``<Vault, replaced>`` for a replaced Vault."""
        return f"<{key}, replaced>" if key.partition(".")[0] in self._replaced else default


def _change(before: Resolved, after: Resolved, name: str, region: str) -> Change:
    if name not in before.resources:
        return Change("added")
    if name not in after.resources:
        return Change("removed")
    old, new = before.resources[name], after.resources[name]
    if before.types[name] != after.types[name]:
        raise RefusedError(f"Update of resource type is not permitted: {name}.")
    differ = tuple(sorted(key for key in {**old, **new} if old.get(key) != new.get(key)))
    if not differ:
        return Change("unchanged")
    for path in create_only_properties(after.types[name], region):
        if _at(old, path) != _at(new, path):
            return Change("replaced", differ)
    return Change("updated", differ)


def create_only_properties(resource_type: str, region: str) -> list[list[str]]:
    """Return the paths of the properties that cannot be updated in place.

    https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html
    """
    from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema(region, resource_type).schema
    paths = [
        *schema.get("createOnlyProperties", []),
        *schema.get("conditionalCreateOnlyProperties", []),
    ]
    return [path.split("/")[2:] for path in paths]


def _at(node: Any, path: list[str]) -> Any:
    """Return what stands at a path of a schema; ``*`` means every item."""
    if not path:
        return node
    if path[0] == "*":
        return [_at(item, path[1:]) for item in node or []]
    return _at(node.get(path[0]), path[1:]) if isinstance(node, dict) else None
