"""W9518: keys that are deleted before the recovery points that they encrypted."""

import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.extend({str(Path(__file__).parents[1])} - {*sys.path})  # cfn-lint loads each file alone

from _backup.cases import both
from _backup.rule import BackupRule, Problem
from _backup.template import KEYS, VAULTS, to_be_kept, written_off
from _backup.values import Values


class KeyKept(BackupRule):
    id = "W9518"
    shortdesc = "Key of a vault that is deleted before the recovery points it encrypted"
    description = (
        "If a key of this template is deleted with its stack, nobody can read the recovery points "
        "that it encrypted from that moment on, and they are lost when the waiting period of 7 to "
        "30 days ends. There is no finding if Delete is written for the key and for its vault."
    )
    source_url = "https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html"
    tags = ["resources", "backup", "vault", "kms"]

    def check(self, values: Values) -> Iterator[Problem]:
        """Check what keeps the keys of the vaults."""
        keys = dict(values.of_type(*KEYS))
        for vault, properties in values.of_type(*VAULTS):
            for key in values.at(properties, "EncryptionKeyArn"):
                name, attribute = key.reference
                if name not in keys or attribute not in ("", "Arn"):
                    continue
                if written_off(values, name) and written_off(values, vault):
                    continue
                given = both(key.given, keys[name].given)
                missing = to_be_kept(values, name)
                if missing and given is not None:
                    yield Problem(
                        ("Resources", name),
                        f"Key {name!r} of vault {vault!r} is not kept, and when it is deleted, "
                        "with the stack or because it leaves the template, nobody can read the "
                        f"recovery points that it encrypted: add {missing}",
                        given,
                    )
