"""The schemas of resource types that come with cfn-lint.

https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html
"""

import os
from functools import cache
from typing import Any

# cfn-lint looks a type up by region, but has one schema for all the regions that have the type.
_REGION = "us-east-1"


def schema(kind: str) -> dict[str, Any] | None:
    """Return the schema of a resource type; None if cfn-lint does not know the type."""
    import_cfn_lint()
    from cfnlint.schema import PROVIDER_SCHEMA_MANAGER, ResourceNotFoundError

    try:
        known: dict[str, Any] = PROVIDER_SCHEMA_MANAGER.get_resource_schema(_REGION, kind).schema
    except ResourceNotFoundError:
        return None
    return known


@cache
def import_cfn_lint() -> None:
    """Import cfn-lint such that its own schemas count, whatever is in the user's cache.

    It would take those that are newer, and what one machine accepts another would refuse. Call this
    in the functions that need cfn-lint: importing it takes longer than generating.
    """
    homes = ("HOME", "XDG_CACHE_HOME")  # the cache is in the first on macOS, in either on Linux
    before = {name: os.environ[name] for name in homes if name in os.environ}
    os.environ.update(dict.fromkeys(homes, os.devnull))  # in which there is nothing
    try:
        import cfnlint.schema  # noqa: F401 - it looks for the cache now
    finally:
        for name in homes:
            del os.environ[name]
        os.environ.update(before)
