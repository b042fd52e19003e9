"""The text of a template, YAML or JSON, as a plain dictionary in CloudFormation's long form."""

from datetime import date
from typing import Any

from tests.local_aws.errors import RefusedError


def load(text: str) -> dict[str, Any]:
    """Return the template with every ``!Function`` spelled out (``Fn::Function``).

    cfn-lint's own decoder reads it: it knows CloudFormation's tags and refuses a key that is
    written twice. An unquoted date is text, as CloudFormation takes a policy's Version.
    """
    from cfnlint.decode import decode_str

    template, faults = decode_str(text)
    if faults:
        raise RefusedError(f"The template cannot be read: {faults[0].message}")
    if not isinstance(template, dict):
        raise RefusedError("The template is not a mapping of sections.")
    plain: dict[str, Any] = _plain(template)
    return plain


def _plain(node: Any) -> Any:
    """Return the node without the line numbers that cfn-lint's own types carry."""
    if isinstance(node, dict):
        return {str(key): _plain(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_plain(value) for value in node]
    if isinstance(node, date):
        return node.isoformat()
    return str(node) if isinstance(node, str) else node
