"""The text of a template, from a file, an https:// address or an s3:// object."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# What CloudFormation takes from S3: whatever is larger is no template.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
MAX_TEMPLATE_BYTES = 1_048_576
TIMEOUT_SECONDS = 20

_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


class UnreadableError(Exception):
    """A template that cannot be had or cannot be understood; the message says it in a sentence."""


def read(source: str) -> str:
    """Return the text of the template that ``source`` names.

    Raises UnreadableError when there is none, when it is too large, or when it is not text.
    """
    scheme = source.partition("://")[0].lower() if "://" in source else ""
    if scheme == "https":
        content = _fetch(source)
    elif scheme == "s3":
        content = _get_object(source)
    elif scheme:
        raise UnreadableError(
            f"{label(source)}: {scheme}:// is not supported: name a file, https://... or s3://..."
        )
    else:
        content = _load(source)
    if len(content) > MAX_TEMPLATE_BYTES:
        raise UnreadableError(
            f"{label(source)}: larger than {MAX_TEMPLATE_BYTES} bytes, so it is not a template "
            "that CloudFormation takes: name a template"
        )
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise UnreadableError(f"{label(source)}: is not text in UTF-8: name a template") from None


def label(source: str) -> str:
    """Return the source without the query of an address: that of a presigned one is a secret."""
    return source.partition("?")[0] if "://" in source else source


def document(source: str, text: str) -> dict[str, Any]:
    """Return the template that the text holds, YAML with short functions or JSON, as plain data.

    Raises UnreadableError when it holds none.
    """
    # Here, because importing cfn-lint takes longer than generating.
    from cfnlint.decode.decode import decode_str

    template, matches = decode_str(text)
    if matches:
        reason = " ".join(matches[0].message.split())
        raise UnreadableError(f"{source}:{matches[0].linenumber}: is not a template: {reason}")
    if not isinstance(template, dict) or not isinstance(template.get("Resources"), dict):
        raise UnreadableError(f"{source}: is not a template: it has no Resources")
    if slip := next(_slips(template), None):
        raise UnreadableError(f"{source}: is not a template: {slip}")
    plain: dict[str, Any] = _plain(template)
    return plain


def _slips(template: dict[str, Any]) -> Iterator[str]:
    """Yield what keeps the template from being read section by section."""
    for section in ("Parameters", "Rules", "Mappings", "Conditions", "Resources", "Outputs"):
        entries = template.get(section)
        entries = {} if entries is None else entries
        if not isinstance(entries, dict):
            yield f"{section} is not a map"
            return
        yield from (
            f"{section}.{name} is not a map (macros have to be expanded before)"
            for name, entry in entries.items()
            if not isinstance(entry, dict)
        )
    for name, resource in template["Resources"].items():
        if not isinstance(resource.get("Type"), str):
            yield f"Resources.{name} has no Type"
        properties = resource.get("Properties") or {}
        if not isinstance(properties, dict) or {key[:4] for key in properties} & {"Ref", "Fn::"}:
            yield f"Resources.{name}.Properties is not a map of properties"
    for name, parameter in (template.get("Parameters") or {}).items():
        yield from (f"Parameters.{name}.{slip}" for slip in _parameter_slips(parameter))
    for name, rule in (template.get("Rules") or {}).items():
        assertions = rule.get("Assertions", [])
        if not isinstance(assertions, list) or not all(
            isinstance(each, dict) and "Assert" in each for each in assertions
        ):
            yield f"Rules.{name}.Assertions is not a list of assertions"


def _parameter_slips(parameter: dict[str, Any]) -> Iterator[str]:
    if not isinstance(parameter.get("AllowedValues", []), list):
        yield "AllowedValues is not a list"
    for bound in ("MinLength", "MaxLength", "MinValue", "MaxValue"):
        if not _NUMBER.fullmatch(str(parameter.get(bound, 0))):
            yield f"{bound} is not a number"


def _plain(node: Any) -> Any:
    """Return the data without cfn-lint's positions in the text."""
    if isinstance(node, dict):
        return {str(key): _plain(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_plain(item) for item in node]
    return node if isinstance(node, bool | int | float) or node is None else str(node)


def _load(source: str) -> bytes:
    try:
        with Path(source).open("rb") as file:
            return file.read(MAX_TEMPLATE_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a null character in the name
        reason = getattr(error, "strerror", None) or str(error)
        raise UnreadableError(
            f"{source!r}: {reason}: name a template file, https://... or s3://BUCKET/KEY"
        ) from None


def _fetch(source: str) -> bytes:
    import http.client
    from urllib.error import HTTPError
    from urllib.request import urlopen

    try:
        # S310: read() has looked at the scheme.
        with urlopen(source, timeout=TIMEOUT_SECONDS) as response:  # noqa: S310
            if not response.url.startswith("https://"):
                raise UnreadableError(
                    f"{label(source)}: leads to {label(response.url)}, which anybody on the way "
                    "can change: name an https:// address"
                )
            content: bytes = response.read(MAX_TEMPLATE_BYTES + 1)
            if len(content) <= MAX_TEMPLATE_BYTES and response.length:
                raise http.client.IncompleteRead(content, response.length)
    except HTTPError as error:
        error.close()
        raise UnreadableError(
            f"{label(source)}: the server answered {error.code} {error.reason}: check the address "
            "(S3 answers 403 also where an object does not exist)"
        ) from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        reason = getattr(error, "reason", None) or error
        raise UnreadableError(
            f"{label(source)}: no answer ({reason}): check the address and the network"
        ) from None
    return content


def _get_object(source: str) -> bytes:
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError

    bucket, _, key = source.partition("://")[2].partition("/")
    if not bucket or not key:
        raise UnreadableError(f"{source}: names no object: write s3://BUCKET/KEY")
    config = Config(
        connect_timeout=TIMEOUT_SECONDS,
        read_timeout=TIMEOUT_SECONDS,
        retries={"mode": "standard", "max_attempts": 3},
    )
    try:
        answer = boto3.Session().client("s3", config=config).get_object(Bucket=bucket, Key=key)
        content: bytes = answer["Body"].read(MAX_TEMPLATE_BYTES + 1)
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        advice = {
            "AccessDenied": f"your credentials need s3:GetObject on arn:*:s3:::{bucket}/{key}",
            "NoSuchBucket": "check the name of the bucket",
            "NoSuchKey": "check the key of the object",
        }.get(code, "check bucket, key and credentials")
        raise UnreadableError(f"{source}: S3 answered {code}: {advice}") from None
    except (BotoCoreError, OSError, ValueError) as error:
        reason = " ".join(str(error).split()).rstrip(".")
        raise UnreadableError(
            f"{source}: {reason}: check credentials, region and network"
        ) from None
    return content
