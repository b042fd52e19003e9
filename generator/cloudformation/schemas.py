"""The schemas of resource types that come with cfn-lint.

https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html
"""

from typing import Any

# cfn-lint looks a type up by region, but has one schema for all the regions that have the type.
_REGION = "us-east-1"


def schema(kind: str) -> dict[str, Any] | None:
    """Return the schema of a resource type; None if cfn-lint does not know the type."""
    # Imported here, because importing cfn-lint takes longer than generating.
    from cfnlint.schema import PROVIDER_SCHEMA_MANAGER, ResourceNotFoundError

    try:
        known: dict[str, Any] = PROVIDER_SCHEMA_MANAGER.get_resource_schema(_REGION, kind).schema
    except ResourceNotFoundError:
        return None
    return known
