"""The schemas that come with the locked cfn-lint decide, whatever is on the machine."""

import json
import os
import subprocess
import sys
from pathlib import Path

import cfnlint
import pytest

from generator.paths import ROOT, TEMPLATES

BUNDLED = Path(cfnlint.__file__).parent / "data" / "schemas"
NAME = "Backup.template"


def poison(cache: Path) -> None:
    """Write schemas that are newer, and in which our types are others."""
    kinds = json.loads((BUNDLED / "providers" / "us-east-1.json").read_text("utf-8"))
    (cache / "resources").mkdir(parents=True)
    (cache / "providers").mkdir()
    for kind, digest in kinds.items():
        if kind.startswith(("AWS::Backup::", "AWS::SNS::", "AWS::KMS::", "AWS::IAM::")):
            schema = json.loads((BUNDLED / "resources" / f"{digest}.json").read_text("utf-8"))
            schema["properties"]["Poison"] = {"type": "string"}
            schema |= {"required": ["Poison"], "createOnlyProperties": ["/properties/Poison"]}
            (cache / "resources" / f"{digest}.json").write_text(json.dumps(schema))
    for provider in (BUNDLED / "providers").glob("*.json"):
        (cache / "providers" / provider.name).write_text(json.dumps(kinds))
    (cache / "version.json").write_text('{"schema_date": "9999-01-01T00:00:00Z"}')


HOMES = {
    "a newer cache": {"HOME": "{tmp}"},
    "a newer cache that a variable names": {"HOME": "/nowhere", "XDG_CACHE_HOME": "{tmp}/.cache"},
    "a home that cannot be looked into": {"HOME": "/" + "n" * 300},
    "no home": {"HOME": ""},
}


@pytest.mark.parametrize("home", HOMES.values(), ids=HOMES)
@pytest.mark.parametrize("verb", ["check", "compare"])
def test_the_verdict_is_the_same(
    verb: str, home: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if "{tmp}" in str(home):
        poison(tmp_path / ".cache" / "aws" / "cfn-lint" / "schemas")
    for name in ("HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    renamed = (TEMPLATES / NAME).read_text("utf-8")
    renamed = renamed.replace("BackupVaultName: !Sub Vault-", "BackupVaultName: !Sub Other-")
    (tmp_path / "new").write_text(renamed)
    words = {"check": [], "compare": [str(TEMPLATES / NAME), str(tmp_path / "new")]}[verb]
    environment = {name: value.format(tmp=tmp_path) for name, value in home.items() if value}
    done = subprocess.run(
        [sys.executable, ROOT / "build.py", verb, *words],
        capture_output=True, text=True, check=False, cwd=tmp_path,
        env={**os.environ, **environment},
    )  # fmt: skip
    if verb == "check":
        assert (done.returncode, done.stdout) == (0, "")
        assert "build.py: no findings" in done.stderr
    else:
        assert done.stderr == ""
        assert (done.returncode, "SOCABackupVault (replaced)" in done.stdout) == (1, True)
