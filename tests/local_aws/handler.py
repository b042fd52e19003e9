"""What a resource handler is: from the properties of one resource to the calls that make it."""

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.local_aws.errors import DeploymentError
from tests.local_aws.evaluation import Place
from tests.local_aws.requests import Requests


@dataclass(frozen=True)
class Created:
    """A resource that exists: what Ref gives, what GetAtt gives."""

    ref: str
    attributes: dict[str, Any] = field(default_factory=dict)


@dataclass
class Order:
    """One resource to create. ``take`` removes a property, so that what is left is refused."""

    logical_id: str
    place: Place
    properties: dict[str, Any]
    calls: Requests
    made: Created | None = None
    """Set by a handler that has more to call: what is there if one of those calls fails."""

    def take(self, name: str, default: Any = None) -> Any:
        """Return a property and mark it as used."""
        return self.properties.pop(name, default)

    def need(self, name: str) -> Any:
        """Return a property that the resource type requires."""
        if name not in self.properties:
            raise DeploymentError(f"Properties validation failed: required key {name} not found.")
        return self.take(name)

    def take_all(self, *names: str) -> dict[str, Any]:
        """Return the properties of these names, for a call whose members are named alike."""
        return {name: self.properties.pop(name) for name in names if name in self.properties}

    def take_json(self, name: str) -> str | None:
        """Return a policy document or pattern as the text that the API takes."""
        value = self.take(name)
        return json.dumps(value, separators=(",", ":")) if isinstance(value, dict) else value

    def generated_name(self, limit: int) -> str:
        """Return ``<stack>-<LogicalId>-<suffix>``.

        How AWS shortens a name that is too long is not documented; here the stack's name is cut,
        because AWS's own policies look for a word in the logical id.
        """
        end = f"-{self.logical_id}-{uuid.uuid4().hex[:12].upper()}"
        return self.place.stack_name[: limit - len(end)] + end

    def finish(self) -> None:
        """Refuse the properties that the handler did not use."""
        if self.properties:
            raise DeploymentError(
                f"The properties {sorted(self.properties)} are not supported here."
            )


@dataclass(frozen=True)
class Handler:
    """The two operations of a resource type that a test needs."""

    create: Callable[[Order], Created]
    delete: Callable[[Requests, Created], object]
