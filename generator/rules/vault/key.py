"""E9512: keys that a vault cannot use."""

import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.extend({str(Path(__file__).parents[1])} - {*sys.path})  # cfn-lint loads each file alone

from _backup.cases import TOKEN
from _backup.rule import BackupRule, Problem, problem
from _backup.template import KEYS, VAULTS, arn_parts, can_become_arn
from _backup.values import Values

FORM = "arn:<partition>:kms:<region>:<account>:key/<id>"
ONLY = "and a vault takes only the ARN of a key"


def reference_fault(kind: str, name: str, attribute: str) -> str | None:
    """Return why a reference to a resource of this type is not a key's ARN; None: no reason."""
    if kind == "AWS::KMS::Alias":
        return f"is the alias {name!r}, {ONLY}: use the ARN of the alias's key"
    if kind in KEYS and attribute != "Arn":
        return f"is the id of the key {name!r}, {ONLY}: use !GetAtt {name}.Arn"
    return None


def text_fault(text: str) -> str | None:
    """Return why the text is not a key's ARN, as far as it is known; None: no reason found."""
    parts = arn_parts(text)
    if parts is None:
        kind = "an alias" if text.startswith("alias/") else "no ARN"
        return None if can_become_arn(text) else f"is {kind}, {ONLY}: use {FORM}"
    if not TOKEN.search(parts[2]) and parts[2] != "kms":
        return f"is an ARN of {parts[2]!r}, {ONLY}: use {FORM}"
    if parts[5].startswith("alias/"):
        return f"is the ARN of an alias, {ONLY}: use the ARN of the alias's key"
    if not TOKEN.match(parts[5]) and not parts[5].startswith("key/"):
        return f"has {parts[5]!r} where AWS KMS has key/<id>: use {FORM}"
    return None


class VaultKey(BackupRule):
    id = "E9512"
    shortdesc = "Key that the vault cannot use"
    description = (
        "A vault needs the ARN of a key, not an id or an alias. A key of this template that is not "
        "kept is W9518."
    )
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-backup-backupvault.html"
    tags = ["resources", "backup", "vault", "kms"]

    def check(self, values: Values) -> Iterator[Problem]:
        """Check the keys of the vaults."""
        for _, properties in values.of_type(*VAULTS):
            for key in values.at(properties, "EncryptionKeyArn"):
                if key.text is None:
                    continue
                name, attribute = key.reference
                kind = values.type_of(name)
                fault = reference_fault(kind, name, attribute) if name else text_fault(key.text)
                if fault:
                    yield problem(key, f"EncryptionKeyArn {key} {fault}")
