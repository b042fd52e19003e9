"""The schemas of resource types that cfn-lint brings along.

https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html
"""

from typing import Any

# How a type is looked up: cfn-lint holds one schema for all the regions that have the type.
_REGION = "us-east-1"


def schema(kind: str) -> dict[str, Any] | None:
    """Return the schema of a type of resource; None for one that cfn-lint does not know."""
    # Here, because importing cfn-lint takes longer than generating.
    from cfnlint.schema import PROVIDER_SCHEMA_MANAGER, ResourceNotFoundError

    try:
        found: dict[str, Any] = PROVIDER_SCHEMA_MANAGER.get_resource_schema(_REGION, kind).schema
    except ResourceNotFoundError:
        return None
    return found
