"""What `verify` says about a release that is whole, damaged, half there, or another one."""

import json

import pytest

from generator import VERSION
from tests.local_aws.local_s3 import FOLDER, NAMES, LocalS3


@pytest.fixture
def bucket(s3: LocalS3) -> str:
    """Give a bucket that holds the release."""
    name = s3.make_bucket("bbb")
    assert s3.run("publish", "--bucket", name).status == 0
    return name


def test_a_whole_release_is_whole(s3: LocalS3, bucket: str) -> None:
    said = s3.run("verify", "--bucket", bucket)
    assert (said.status, said.out, said.err) == (
        0,
        f"bbb (us-east-1): whole, version {VERSION}\n",
        "",
    )


def test_it_writes_nothing(s3: LocalS3, bucket: str) -> None:
    s3.proxy.seen.clear()
    s3.run("verify", "--bucket", bucket, "--against-local")
    assert {method for method, _, _ in s3.proxy.seen} == {"HEAD", "GET"}


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_object_is_named_and_publishing_again_completes(
    s3: LocalS3, bucket: str, name: str
) -> None:
    s3.delete(bucket, name)
    said = s3.run("verify", "--bucket", bucket)
    assert said.status == 1
    assert f"bbb (us-east-1): {FOLDER}/templates/{name} is missing" in said.out
    assert said.out.count("\n") == 1
    assert s3.run("publish", "--bucket", bucket).status == 0
    assert s3.run("verify", "--bucket", bucket).status == 0


@pytest.mark.parametrize("name", NAMES[:3])
def test_a_changed_object_is_named(s3: LocalS3, bucket: str, name: str) -> None:
    content = s3.held(bucket)[f"{FOLDER}/templates/{name}"]
    s3.put(bucket, name, content.replace(b"0", b"1", 1) if b"0" in content else b"{1}\n")
    said = s3.run("verify", "--bucket", bucket)
    assert said.status == 1
    assert said.out == (f"bbb (us-east-1): {FOLDER}/templates/{name} does not match the manifest\n")


@pytest.mark.parametrize("content", [b"", b"{}", b"<html>"])
def test_what_is_no_manifest_is_no_release(s3: LocalS3, bucket: str, content: bytes) -> None:
    s3.put(bucket, "Backup.manifest.json", content)
    said = s3.run("verify", "--bucket", bucket)
    assert said.status == 1
    assert "Backup.manifest.json is not the manifest of a release" in said.out


def test_a_manifest_that_leaves_a_file_out_does_not_pass(s3: LocalS3, bucket: str) -> None:
    manifest = json.loads(s3.held(bucket)[f"{FOLDER}/templates/Backup.manifest.json"])
    del manifest["files"][1]
    s3.put(bucket, "Backup.manifest.json", json.dumps(manifest).encode())
    said = s3.run("verify", "--bucket", bucket)
    assert "Backup.SHA256SUMS does not match the manifest" in said.out


@pytest.mark.parametrize("name", NAMES[:2])
def test_a_whole_release_of_another_content_is_not_this_checkouts(
    s3: LocalS3, bucket: str, name: str
) -> None:
    s3.files[name] += "\n"
    assert s3.run("verify", "--bucket", bucket).status == 0
    said = s3.run("verify", "--bucket", bucket, "--against-local")
    assert said.status == 1
    assert f"{name} differs from what this checkout would publish" in said.out


def test_a_file_that_only_this_checkout_has_is_told(s3: LocalS3, bucket: str) -> None:
    s3.files["third.json"] = "{}\n"
    said = s3.run("verify", "--bucket", bucket, "--against-local")
    assert said.status == 1
    assert "third.json differs from what this checkout would publish" in said.out


def test_each_region_has_its_own_verdict(s3: LocalS3) -> None:
    options = ("--bucket", "b-{region}", "--regions", "us-east-1,eu-west-1")
    for region in ("us-east-1", "eu-west-1"):
        s3.make_bucket(f"b-{region}", region)
    s3.run("publish", *options)
    s3.delete("b-eu-west-1", "Backup.template")
    said = s3.run("verify", *options)
    assert said.status == 1
    assert sorted(said.out.splitlines()) == [
        f"b-eu-west-1 (eu-west-1): {FOLDER}/templates/Backup.template is missing",
        f"b-us-east-1 (us-east-1): whole, version {VERSION}",
    ]
