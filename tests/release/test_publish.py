"""What is published, and what is refused; over HTTP, against a local S3 without faults."""

import json
import os
import re
import shlex
import socket
import subprocess
from pathlib import Path
from typing import Any

import pytest

import build
from generator import VERSION, templates_folder
from generator.hosts import object_url
from generator.paths import ROOT
from generator.release import provenance
from generator.stacks import STACK_NAMES, TEMPLATES
from tests.local_aws.local_s3 import FOLDER, NAMES, LocalS3, passes
from tests.support.cli_lines import commands

ADDRESSES = "".join(
    f"https://bbb.s3.us-east-1.amazonaws.com/{FOLDER}/templates/{name}\n" for name in TEMPLATES
)


def test_the_release_is_published_and_its_addresses_printed(s3: LocalS3) -> None:
    bucket = s3.make_bucket("bbb")
    said = s3.run("publish", "--bucket", bucket)
    assert (said.status, said.out) == (0, ADDRESSES), said.err
    assert s3.names(bucket) == sorted(NAMES)
    held = s3.held(bucket)
    for name, text in s3.files.items():
        assert held[f"{FOLDER}/templates/{name}"] == text.encode()


def test_people_are_told_what_was_done_and_where_to_create_a_stack(s3: LocalS3) -> None:
    said = s3.run("publish", "--bucket", s3.make_bucket("bbb"))
    doing, done, count, *links = said.err.splitlines()
    assert doing == "build.py: publishing to 1 bucket(s) ..."
    assert done == f"build.py: bbb (us-east-1): {len(NAMES)} created"
    assert count == "build.py: 1 of 1 bucket(s) have the whole release"
    for link, (name, stack_name) in zip(links, STACK_NAMES.items(), strict=True):
        what = "a stack" if name == "Backup.template" else f"a stack of {name}"
        assert link.startswith(
            f"build.py: create {what} in us-east-1: https://us-east-1.console.aws.amazon.com/"
            "cloudformation/home?region=us-east-1#/stacks/create/review?templateURL=https%3A%2F%2Fb"
        )
        escaped = stack_name.replace("<ClusterId>", "%3CClusterId%3E")
        assert link.endswith(f"%2F{name}&stackName={escaped}")


@pytest.mark.parametrize("options", [[], ["--dry-run"]])
@pytest.mark.parametrize(
    ("names", "told"),
    [
        (["a"], "a"),
        (list("abcde"), "a, b, c, d, e"),
        (list("abcdefg"), "a, b, c, d, e and 2 more"),
        ([], None),
        (None, None),
    ],
)
def test_uncommitted_changes_are_named(
    s3: LocalS3,
    monkeypatch: pytest.MonkeyPatch,
    options: list[str],
    names: list[str] | None,
    told: str | None,
) -> None:
    monkeypatch.setattr(provenance, "uncommitted", lambda: names)
    said = s3.run("publish", "--bucket", s3.make_bucket("bbb"), *options)
    assert said.status == 0
    warnings = [line for line in said.err.splitlines() if "warning" in line]
    if told is None:
        assert warnings == []
    else:
        assert warnings == [
            f"build.py: warning: this checkout has uncommitted changes: {told}",
        ]


def test_each_object_is_written_once_and_the_manifest_last(s3: LocalS3) -> None:
    s3.run("publish", "--bucket", s3.make_bucket("bbb"))
    written = [key.rpartition("/")[2] for method, _, key in s3.proxy.seen if method == "PUT"]
    # The first one twice: S3 has to refuse to write what is there.
    assert written == [NAMES[0], *NAMES]


def test_the_checksums_are_those_that_sha256sum_reads(s3: LocalS3, tmp_path: Path) -> None:
    bucket = s3.make_bucket("bbb")
    s3.run("publish", "--bucket", bucket)
    for key, content in s3.held(bucket).items():
        (tmp_path / key.rpartition("/")[2]).write_bytes(content)
    checked = subprocess.run(
        ["/usr/bin/env", "sha256sum", "-c", "Backup.SHA256SUMS"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.stdout == "".join(f"{name}: OK\n" for name in s3.files), checked.stderr


def test_publishing_again_changes_nothing_and_writes_nothing(s3: LocalS3) -> None:
    bucket = s3.make_bucket("bbb")
    s3.run("publish", "--bucket", bucket)
    before = s3.held(bucket)
    s3.proxy.seen.clear()
    said = s3.run("publish", "--bucket", bucket)
    assert (said.status, said.out) == (0, ADDRESSES)
    assert f"bbb (us-east-1): {len(NAMES)} unchanged" in said.err
    assert "PUT" not in {method for method, _, _ in s3.proxy.seen}
    assert s3.held(bucket) == before


@pytest.mark.parametrize("name", NAMES[:4])
def test_another_content_under_the_same_version_is_refused(s3: LocalS3, name: str) -> None:
    bucket = s3.make_bucket("bbb")
    s3.run("publish", "--bucket", bucket)
    before = s3.held(bucket)
    s3.files[name] += "\n"
    said = s3.run("publish", "--bucket", bucket)
    assert (said.status, said.out) == (1, "")
    assert f"{FOLDER}/templates/{name} already exists with other content" in said.err
    assert "raise the version" in said.err
    assert s3.held(bucket) == before


def test_nothing_is_added_to_a_release_that_lacks_a_file_of_ours(s3: LocalS3) -> None:
    bucket = s3.make_bucket("bbb")
    s3.run("publish", "--bucket", bucket)
    before = s3.held(bucket)
    s3.files["another-policy.json"] = "{}\n"
    assert s3.run("publish", "--bucket", bucket).status == 1
    assert s3.held(bucket) == before


def test_replace_overwrites_what_differs_and_only_that(s3: LocalS3) -> None:
    bucket = s3.make_bucket("bbb")
    s3.run("publish", "--bucket", bucket)
    s3.files["Backup.template"] += "\n"
    said = s3.run("publish", "--bucket", bucket, "--replace")
    assert said.status == 0
    assert "3 replaced, 3 unchanged" in said.err
    assert s3.held(bucket)[f"{FOLDER}/templates/Backup.template"].endswith(b"\n\n")
    assert s3.run("verify", "--bucket", bucket, "--against-local").status == 0


def test_other_files_of_the_folder_are_left_alone(s3: LocalS3) -> None:
    bucket = s3.make_bucket("bbb")
    s3.put(bucket, "Storage.template", b"SOCA's own")
    assert s3.run("publish", "--bucket", bucket).status == 0
    assert s3.held(bucket)[f"{FOLDER}/templates/Storage.template"] == b"SOCA's own"


def test_a_bucket_in_another_region_than_the_configured_one_is_found(s3: LocalS3) -> None:
    said = s3.run("publish", "--bucket", s3.make_bucket("bbb", "eu-west-1"))
    assert said.out.startswith("https://bbb.s3.eu-west-1.amazonaws.com/"), said.err


def test_a_bucket_in_another_region_than_the_given_one_is_refused(s3: LocalS3) -> None:
    bucket = s3.make_bucket("bbb", "eu-west-1")
    said = s3.run("publish", "--bucket", bucket, "--regions", "us-west-2")
    assert said.status == 1
    assert "the bucket is in eu-west-1, not in us-west-2" in said.err
    assert not s3.held(bucket)


def test_each_regional_bucket_gets_the_release(s3: LocalS3) -> None:
    regions = ["us-east-1", "eu-west-1", "ap-south-1"]
    for region in regions:
        s3.make_bucket(f"bbb-{region}", region)
    said = s3.run("publish", "--bucket", "bbb-{region}", "--regions", ",".join(regions))
    assert said.out.splitlines() == [
        object_url(f"bbb-{region}", region, f"{FOLDER}/templates/{name}")
        for region in regions
        for name in TEMPLATES
    ]
    for region in regions:
        assert s3.names(f"bbb-{region}") == sorted(NAMES)


def test_json_says_what_was_done_to_each_object(s3: LocalS3) -> None:
    s3.make_bucket("bbb-us-east-1")
    options = ("--bucket", "bbb-{region}", "--regions", "us-east-1,eu-west-1", "--json")
    said = s3.run("publish", *options)
    assert said.status == 1
    document = json.loads(said.out)
    one, other = document["buckets"]
    assert [each["action"] for each in one["objects"]] == ["created"] * len(NAMES)
    assert one["template_url"] == one["objects"][0]["url"]
    assert one["error"] is None
    assert other["error"] == "there is no such bucket: create it, or correct --bucket"
    assert [each["action"] for each in other["objects"]] == [None] * len(NAMES)
    assert document["provenance"]["version"] == VERSION
    assert set(document["provenance"]) >= {"commit", "clean", "python", "troposphere", "awacs"}


@pytest.mark.parametrize(
    ("made", "count", "advice"),
    [
        pytest.param(["us-east-1"], "1 of 2", " to complete the others", id="one-fails"),
        pytest.param([], "0 of 2", "", id="all-fail"),
    ],
)
def test_the_last_line_says_what_is_left_to_do(
    s3: LocalS3, made: list[str], count: str, advice: str
) -> None:
    for region in made:
        s3.make_bucket(f"bbb-{region}", region)
    said = s3.run("publish", "--bucket", "bbb-{region}", "--regions", "us-east-1,eu-west-1")
    assert said.status == 1
    assert f"build.py: {count} bucket(s) have the whole release\n" in said.err
    assert f"build.py: correct the errors and run the same command again{advice}\n" in said.err


def test_a_bucket_with_a_dot_is_addressed_by_path(s3: LocalS3) -> None:
    said = s3.run("publish", "--bucket", s3.make_bucket("b.b.b"))
    address = f"https://s3.us-east-1.amazonaws.com/b.b.b/{FOLDER}/templates/Backup.template"
    assert said.out.splitlines()[0] == address


def test_the_folder_can_be_the_installers(s3: LocalS3) -> None:
    bucket = s3.make_bucket("bbb")
    s3.run("publish", "--bucket", bucket, "--folder", "soca/2.6.1")
    assert "soca/2.6.1/templates/Backup.template" in s3.held(bucket)
    assert s3.run("verify", "--bucket", bucket, "--folder", "soca/2.6.1").status == 0
    assert s3.run("verify", "--bucket", bucket).status == 1


def test_what_is_printed_has_the_address_of_aws_not_the_local_one(s3: LocalS3) -> None:
    said = s3.run("publish", "--bucket", s3.make_bucket("bbb"), "--json")
    assert "127.0.0.1" not in said.out + said.err


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail the test that opens a socket."""

    def opened(*_: Any, **__: Any) -> None:
        pytest.fail("a socket was opened")

    for name in ("socket", "create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, name, opened)


@pytest.mark.usefixtures("no_network")
def test_a_dry_run_contacts_nobody(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "cn-north-1")
    monkeypatch.setattr("generator.command.release.check", passes)
    assert build.main(["publish", "--bucket", "bbb", "--dry-run"]) == 0
    out = capsys.readouterr().out
    first, *_ = out.splitlines()
    assert first.startswith(
        f"https://bbb.s3.cn-north-1.amazonaws.com.cn/{FOLDER}/templates/Backup.template  "
    )
    assert len(out.splitlines()) == len(templates_folder.generate()) + 2


@pytest.fixture
def no_aws_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give a machine on which nobody has set up anything for AWS."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, os.devnull)
    monkeypatch.setattr("generator.command.release.check", passes)


@pytest.mark.usefixtures("no_network", "no_aws_settings")
def test_the_first_command_of_the_page_works_as_written(
    capsys: pytest.CaptureFixture[str],
) -> None:
    first, *_ = commands((ROOT / "docs" / "publishing.md").read_text(encoding="utf-8"))
    make, *words = shlex.split(first.text)
    assert make == "make"
    _, _, verb, *options = command_of_make(*words)
    assert "--dry-run" in options
    assert build.main([verb, *options]) == 0
    assert capsys.readouterr().out.startswith(
        "https://amzn-s3-demo-bucket.s3.us-east-1.amazonaws.com/"
    )


@pytest.mark.usefixtures("no_network", "no_aws_settings")
@pytest.mark.parametrize(
    ("options", "configured", "region"),
    [
        pytest.param([], "", "us-east-1", id="nobody"),
        pytest.param([], "eu-west-1", "eu-west-1", id="configured"),
        pytest.param(["--regions", "us-east-1"], "eu-west-1", "us-east-1", id="given"),
    ],
)
def test_a_region_that_nobody_named_is_marked_as_assumed(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    options: list[str],
    configured: str,
    region: str,
) -> None:
    is_assumed = not options
    monkeypatch.setenv("AWS_DEFAULT_REGION", configured)
    words = ["publish", "--bucket", "bbb", "--dry-run", *options]
    assert build.main(words) == 0
    said = capsys.readouterr()
    for line in said.out.splitlines():
        assert line.startswith(f"https://bbb.s3.{region}.amazonaws.com/")
        assert line.endswith("  (region assumed)") is is_assumed
    [link] = [line for line in said.err.splitlines() if "create a stack in" in line]
    assert f" in {region}{' (region assumed)' if is_assumed else ''}: https://" in link
    assert (f"bbb is assumed to be in {region}: " in said.err) is is_assumed

    assert build.main([*words, "--json"]) == 0
    [bucket] = json.loads(capsys.readouterr().out)["buckets"]
    assert (bucket["region"], bucket["region_assumed"]) == (region, is_assumed)


def unreachable(*_: Any, **__: Any) -> Any:
    pytest.fail("reached AWS")


@pytest.mark.parametrize(
    "options",
    [
        ["publish"],
        ["publish", "--dry-run", "--regions", "us-east-1"],
        ["verify", "--against-local"],
    ],
)
def test_a_stale_template_never_reaches_s3(
    options: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    changed = {name: text + "# newer\n" for name, text in templates_folder.generate().items()}
    monkeypatch.setattr(templates_folder, "generate", lambda: changed)
    monkeypatch.setattr(templates_folder, "lint", lambda *_: [])
    monkeypatch.setattr("boto3.Session.client", unreachable)
    assert build.main([*options, "--bucket", "bbb"]) == 1
    said = capsys.readouterr()
    assert "# newer" in said.err
    assert said.out == ""


def test_a_template_with_findings_never_reaches_s3(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = "templates/Backup.template:1:1: E0000: the test found it"
    monkeypatch.setattr(templates_folder, "lint", lambda *_: [found])
    monkeypatch.setattr("boto3.Session.client", unreachable)
    assert build.main(["publish", "--bucket", "bbb"]) == 1
    assert found in capsys.readouterr().err


def test_the_page_has_every_option(capsys: pytest.CaptureFixture[str]) -> None:
    assert build.main(["publish", "--help"]) == 0
    options = set(re.findall(r"^  (--[a-z-]+)", capsys.readouterr().out, re.MULTILINE))
    page = (ROOT / "docs" / "publishing.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `(--[a-z-]+)", page, re.MULTILINE)) == options


@pytest.mark.parametrize("target", ["publish", "verify"])
def test_make_passes_its_variables_on(target: str) -> None:
    variables = ["BUCKET=b-{region}", "REGIONS=us-east-1,eu-west-1", "FOLDER=f/v1", "OPTIONS=--a b"]
    assert command_of_make(target, *variables) == [
        *(".venv/bin/python", "build.py", target),
        *("--bucket", "b-{region}", "--folder", "f/v1", "--regions", "us-east-1,eu-west-1"),
        *("--a", "b"),
    ]


def command_of_make(target: str, *variables: str) -> list[str]:
    """Return the last command that a target runs, as words."""
    # What a make above this one hands down would change what it prints.
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))
    }
    told = subprocess.run(
        ["/usr/bin/env", "make", "--dry-run", target, *variables],
        cwd=ROOT,
        env=inherited,
        capture_output=True,
        text=True,
        check=True,
    )
    *_, command = told.stdout.splitlines()
    return shlex.split(command)
