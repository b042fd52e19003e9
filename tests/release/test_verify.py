"""What `verify` says about a release that is whole, damaged, half there, or another one."""

import json

import pytest

from generator import VERSION
from generator.release.contents import sums
from generator.stacks import TEMPLATES
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
        "build.py: verifying 1 bucket(s) ...\n",
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


@pytest.mark.parametrize("name", NAMES[:-1])
def test_a_changed_object_is_named(s3: LocalS3, bucket: str, name: str) -> None:
    content = s3.held(bucket)[f"{FOLDER}/templates/{name}"]
    s3.put(bucket, name, content.replace(b"0", b"1", 1) if b"0" in content else b"[]\n")
    said = s3.run("verify", "--bucket", bucket)
    assert said.status == 1
    assert said.out == (f"bbb (us-east-1): {FOLDER}/templates/{name} does not match the manifest\n")


def listing(*files: dict[str, object], version: str = VERSION) -> bytes:
    """Return a manifest of these files, as another publisher would write it."""
    return json.dumps({"name": "soca-backup", "version": version, "files": files}).encode()


def test_what_is_no_manifest_is_no_release_and_the_other_buckets_are_told(s3: LocalS3) -> None:
    regions = ("us-east-1", "us-west-2", "eu-west-1", "eu-north-1", "ap-south-1")
    for region in regions:
        s3.make_bucket(f"b-{region}", region)
    options = ("--bucket", "b-{region}", "--regions", ",".join(regions))
    assert s3.run("publish", *options).status == 0
    broken = (b"<html>", b"[" * 100_000, b'{"files": [{"size": 1e999}]}', b'{"a\\n::b": {}}')
    for region, content in zip(regions, broken, strict=False):
        s3.put(f"b-{region}", "Backup.manifest.json", content)
    said = s3.run("verify", *options)
    assert said.status == 1
    *refused, last = sorted(said.out.splitlines(), key=lambda line: line.endswith(VERSION))
    assert last == f"b-ap-south-1 (ap-south-1): whole, version {VERSION}"
    assert len(refused) == len(broken)
    for line in refused:
        assert "Backup.manifest.json is not the manifest of a release: " in line
    published = s3.run("publish", *options)
    assert published.status == 1
    assert "1 of 5 bucket(s) have the whole release" in published.err


def without(s3: LocalS3, bucket: str, *names: str, version: str = VERSION) -> None:
    """Make the release one of which the manifest, and so the checksums, never had these files."""
    files = json.loads(s3.held(bucket)[f"{FOLDER}/templates/Backup.manifest.json"])["files"]
    kept = [file for file in files if file["name"] not in names]
    s3.put(bucket, "Backup.manifest.json", listing(*kept, version=version))
    checksums = sums({file["name"]: file["sha256"] for file in kept})
    s3.put(bucket, "Backup.SHA256SUMS", checksums.content)
    for name in names:
        s3.delete(bucket, name)


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_of_this_version_has_to_be_listed(
    s3: LocalS3, bucket: str, name: str
) -> None:
    without(s3, bucket, name)
    said = s3.run("verify", "--bucket", bucket)
    assert said.status == 1
    assert said.out == (f"bbb (us-east-1): {FOLDER}/templates/{name} is missing in the manifest\n")


@pytest.mark.parametrize("version", ["1.0.0", "99.0.0"])
def test_another_version_is_whole_with_what_its_manifest_lists(
    s3: LocalS3, bucket: str, version: str
) -> None:
    main, *companions = TEMPLATES
    without(s3, bucket, *companions, version=version)
    assert (
        s3.run("verify", "--bucket", bucket).out == f"bbb (us-east-1): whole, version {version}\n"
    )
    without(s3, bucket, main, version=version)
    said = s3.run("verify", "--bucket", bucket).out
    assert said == f"bbb (us-east-1): {FOLDER}/templates/{main} is missing in the manifest\n"


def test_the_size_of_an_object_is_compared(s3: LocalS3, bucket: str) -> None:
    manifest = json.loads(s3.held(bucket)[f"{FOLDER}/templates/Backup.manifest.json"])
    manifest["files"][3]["size"] += 1
    s3.put(bucket, "Backup.manifest.json", json.dumps(manifest).encode())
    said = s3.run("verify", "--bucket", bucket)
    assert said.status == 1
    assert "other-policy.json does not match the manifest: 3 bytes, not 4" in said.out


def test_a_manifest_that_leaves_a_file_out_does_not_pass(s3: LocalS3, bucket: str) -> None:
    manifest = json.loads(s3.held(bucket)[f"{FOLDER}/templates/Backup.manifest.json"])
    del manifest["files"][1]
    s3.put(bucket, "Backup.manifest.json", json.dumps(manifest).encode())
    said = s3.run("verify", "--bucket", bucket)
    assert "Backup.SHA256SUMS does not match the manifest" in said.out


@pytest.mark.parametrize("name", NAMES[:4])
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
