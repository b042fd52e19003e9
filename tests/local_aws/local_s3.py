"""A publisher before a local S3: what it says and does, and what S3 holds afterwards."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from botocore.loaders import Loader

import build
from generator import VERSION, templates_folder
from generator.aws.connection import Connection
from generator.paths import ROOT
from generator.release import contents, provenance
from generator.release.contents import Release
from generator.release.options import targets
from generator.release.publish import Publication
from generator.release.publish import publish as publish_release
from generator.stacks import templates
from generator.stacks.render import render
from tests.local_aws.faulty_proxy import Proxy
from tests.local_aws.local_aws import LocalAws

FOLDER = f"soca-backup/v{VERSION}"
NAMES = (
    "Backup.template",
    "BackupCopyDestination.template",
    "BackupRestoreTesting.template",
    "other-policy.json",
    "Backup.SHA256SUMS",
    "Backup.manifest.json",
)
"""The objects of the releases of these tests, in the order in which they are written."""
MODELS = Loader()
SIGNED_IN = {
    "AWS_ACCESS_KEY_ID": "local",
    "AWS_SECRET_ACCESS_KEY": "local",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_MAX_ATTEMPTS": "2",
    "NO_PROXY": "*",
}


class Said(NamedTuple):
    """What a command said."""

    status: int
    out: str
    err: str


class LocalS3:
    """A local S3 behind the faulty proxy, and the commands of this project before it."""

    def __init__(
        self,
        aws: LocalAws,
        proxy: Proxy,
        capsys: pytest.CaptureFixture[str],
        directory: Path,
    ) -> None:
        self._client = aws.client("s3")
        self._capsys = capsys
        self._directory = directory
        self.proxy = proxy
        self.files = {
            **{name: render(template) for name, template in templates().items()},
            "other-policy.json": "{}\n",
        }
        """What would be in templates/."""

    def make_bucket(self, name: str, region: str = "us-east-1") -> str:
        """Make an empty bucket."""
        where = {"CreateBucketConfiguration": {"LocationConstraint": region}}
        self._client.create_bucket(Bucket=name, **({} if region == "us-east-1" else where))
        return name

    def held(self, bucket: str) -> dict[str, bytes]:
        """Return the content of every object of a bucket, by key."""
        listed = self._client.list_objects_v2(Bucket=bucket).get("Contents", [])
        return {
            each["Key"]: self._client.get_object(Bucket=bucket, Key=each["Key"])["Body"].read()
            for each in listed
        }

    def names(self, bucket: str) -> list[str]:
        """Return the names of the objects of the release in a bucket, sorted."""
        return sorted(key.removeprefix(f"{FOLDER}/templates/") for key in self.held(bucket))

    def put(self, bucket: str, name: str, content: bytes) -> None:
        """Write an object of a release behind the publisher's back."""
        self._client.put_object(Bucket=bucket, Key=f"{FOLDER}/templates/{name}", Body=content)

    def delete(self, bucket: str, name: str) -> None:
        """Delete an object of a release."""
        self._client.delete_object(Bucket=bucket, Key=f"{FOLDER}/templates/{name}")

    def run(self, verb: str, *options: str) -> Said:
        """Run the command in this process."""
        self._capsys.readouterr()
        status = build.main([verb, "--endpoint-url", self.proxy.url, *options])
        return Said(status, *self._capsys.readouterr())

    def publisher(self, bucket: str) -> Callable[[], Publication]:
        """Return a publisher of the files as they are now, for a thread of its own."""
        release = Release(contents.objects(self.files), FOLDER)
        connection = Connection(endpoint_url=self.proxy.url)

        def publish() -> Publication:
            [publication] = publish_release(
                release, targets(bucket, []), connection, lambda _: None
            )
            return publication

        return publish

    def start(self, verb: str, *options: str) -> "subprocess.Popen[str]":
        """Start the command as a process of its own."""
        generated = Path(tempfile.mkdtemp(dir=self._directory))
        for name, text in self.files.items():
            (generated / name).write_text(text, encoding="utf-8")
        return subprocess.Popen(
            [
                sys.executable,
                "-m",
                "tests.support.publisher",
                str(generated),
                verb,
                "--endpoint-url",
                self.proxy.url,
                *options,
            ],
            cwd=ROOT,
            env={**os.environ, **SIGNED_IN},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )


@pytest.fixture
def s3(
    aws: LocalAws,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Iterator[LocalS3]:
    """Give a publisher that is signed in, before an empty local S3 without faults.

    It publishes what the test says would be in templates/; that `check` comes first has tests of
    its own.
    """
    for name, value in SIGNED_IN.items():
        monkeypatch.setenv(name, value)
    # Every command reads S3's model again, which takes longer than all its requests.
    monkeypatch.setattr("botocore.session.create_loader", lambda *_: MODELS)
    # Whoever works on this project has uncommitted changes, and is warned of them.
    monkeypatch.setattr(provenance, "uncommitted", list)
    with Proxy(aws.endpoint_url) as proxy:
        local = LocalS3(aws, proxy, capsys, tmp_path)
        monkeypatch.setattr(templates_folder, "generate", lambda: local.files)
        monkeypatch.setattr("generator.command.release.check", passes)
        yield local


def passes(_: Any) -> int:
    """Stand for `check`."""
    return build.FINE
