"""E9512: keys that a vault cannot use, or that go away under its recovery points."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.extend({str(Path(__file__).parents[1])} - {*sys.path})  # cfn-lint loads each file alone

from _backup.cases import TOKEN, both
from _backup.rule import BackupRule, Finding, finding
from _backup.template import VAULTS, arn_parts, to_be_kept
from _backup.values import Values

KEYS = ("AWS::KMS::Key", "AWS::KMS::ReplicaKey")
FORM = "arn:<partition>:kms:<region>:<account>:key/<id>"


def key_fault(text: str, types: dict[str, str]) -> str | None:  # noqa: PLR0911 - one for each fault
    """Return why the text is no ARN of a key, as far as it is known; None: no reason seen.

    ``types`` are the resource types by logical id.
    """
    reference = re.fullmatch(r"\$\{([A-Za-z0-9]+)(\.[A-Za-z0-9.]+)?\}", text)
    if reference:
        name, attribute = reference.groups()
        if types.get(name) == "AWS::KMS::Alias":
            return f"{name!r} is an alias: use the ARN of its key"
        if types.get(name) in KEYS and attribute != ".Arn":
            return f"that is the id of the key: use its ARN, !GetAtt {name}.Arn"
        return None
    beginning = TOKEN.split(text)[0]
    parts = arn_parts(text)
    if parts is None:
        grows = beginning != text and (not beginning or (beginning + ":").startswith("arn:"))
        kind = "an alias" if beginning.startswith("alias/") else "not the ARN of a key"
        return None if grows else f"it is {kind}: use {FORM}"
    if not TOKEN.search(parts[2]) and parts[2] != "kms":
        return f"it is an ARN of {parts[2]!r}, not of a KMS key: use {FORM}"
    if parts[5].startswith("alias/"):
        return "it is the ARN of an alias: use the ARN of its key"
    if not TOKEN.match(parts[5]) and not parts[5].startswith("key/"):
        return f"{parts[5]!r} is not 'key/<id>': use {FORM}"
    return None


class VaultKey(BackupRule):
    id = "E9512"
    shortdesc = "Key that the vault cannot use, or that goes away under its recovery points"
    description = (
        "A vault takes the ARN of a key: neither an id nor an alias. When a key of the same "
        "template is deleted with its stack, what it encrypted cannot be read from that moment "
        "on, and is lost when the waiting period ends."
    )
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-backup-backupvault.html"
    tags = ["resources", "backup", "vault", "kms"]

    def check(self, values: Values) -> Iterator[Finding]:
        """Look at the keys of the vaults."""
        types = {
            str(name): str(resource.get("Type"))
            for name, resource in values.resources.items()
            if isinstance(resource, dict)
        }
        keys = dict(values.of_type(*KEYS))
        for vault, properties in values.of_type(*VAULTS):
            for key in values.at(properties, "EncryptionKeyArn"):
                fault = None if key.text is None else key_fault(key.text, types)
                if fault:
                    yield finding(key, f"EncryptionKeyArn {key}: {fault}")
                name = re.sub(r"^\$\{([A-Za-z0-9]+)(\.Arn)?\}$", r"\1", key.text or "")
                if name not in keys:
                    continue
                given = both(key.given, keys[name].given)
                missing = to_be_kept(values, name)
                if missing and given is not None:
                    yield Finding(
                        ("Resources", name),
                        f"Key {name!r} of vault {vault!r} is not kept: when it goes, with the "
                        "stack or out of the template, the recovery points it encrypted cannot "
                        f"be read any more: add {missing}",
                        given,
                    )
