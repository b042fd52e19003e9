"""The manifest of a release: a function of the published files alone, and the way back."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, NamedTuple

import yaml

# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/control-access-with-iam.html
IAM_TYPES = {
    f"AWS::IAM::{name}"
    for name in (
        "AccessKey",
        "Group",
        "InstanceProfile",
        "ManagedPolicy",
        "Policy",
        "Role",
        "User",
        "UserToGroupAddition",
    )
}
IAM_NAMES = {"GroupName", "InstanceProfileName", "ManagedPolicyName", "RoleName", "UserName"}


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc] # either is one
    """Reads a template; of an intrinsic function only that there is one."""


_Loader.add_multi_constructor("!", lambda _, name, __: {f"Fn::{name}": None})


class Listed(NamedTuple):
    """What a manifest says about a file."""

    name: str
    size: int
    sha256: str


def text(name: str, files: Mapping[str, bytes]) -> str:
    """Return the manifest of a release of these files; the schema is manifest.schema.json.

    Raises ValueError where no template among them states its version.
    """
    templates = {
        file: yaml.load(content, Loader=_Loader)  # noqa: S506 - it is a safe loader
        for file, content in files.items()
        if file.endswith(".template")
    }
    entries = [_entry(file, content, templates.get(file)) for file, content in files.items()]
    versions = {
        template["Outputs"]["TemplateVersion"]["Value"]
        for template in templates.values()
        if "TemplateVersion" in template.get("Outputs", {})
    }
    if len(versions) != 1:
        raise ValueError(f"the templates of a release state one version, not {sorted(versions)}")
    document = {"name": name, "version": versions.pop(), "files": entries}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def read(content: bytes) -> tuple[str, list[Listed]]:
    """Return the version and the files that a manifest names.

    Raises ValueError where it is none.
    """
    try:
        document = json.loads(content)
        files = [
            Listed(str(file["name"]), int(file["size"]), str(file["sha256"]))
            for file in document["files"]
        ]
        version = str(document["version"])
    except (ValueError, LookupError, TypeError) as error:
        raise ValueError("is no manifest of a release") from error
    if not files:
        raise ValueError("names no file")
    return version, files


def capabilities(template: Mapping[str, Any]) -> list[str]:
    """Return what whoever creates a stack of the template has to acknowledge.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
    """
    iam = [resource for resource in template["Resources"].values() if resource["Type"] in IAM_TYPES]
    needed = []
    if any(IAM_NAMES & resource.get("Properties", {}).keys() for resource in iam):
        needed.append("CAPABILITY_NAMED_IAM")
    elif iam:
        needed.append("CAPABILITY_IAM")
    if "Transform" in template:
        needed.append("CAPABILITY_AUTO_EXPAND")
    return needed


def _entry(name: str, content: bytes, template: Mapping[str, Any] | None) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "name": name,
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    if template:
        entry |= {
            "description": template["Description"],
            "capabilities": capabilities(template),
            "parameters": template.get("Parameters", {}),
            "outputs": {
                output: {"Description": properties["Description"]}
                for output, properties in template.get("Outputs", {}).items()
            },
        }
    return entry
