"""The manifest: a function of the published files alone, as its schema says."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from generator import templates_folder
from generator.release import contents, manifest

SCHEMA = json.loads(Path(manifest.__file__).with_name("manifest.schema.json").read_text())
SCHEMA_OF_A_MANIFEST = Draft202012Validator(SCHEMA)

ROLE = "  Role: {Type: 'AWS::IAM::Role', Properties: {RoleName: !Ref Name}}"


def template(*lines: str) -> bytes:
    """Return a small template of version 1.2.3."""
    head = ("Description: For a test", "Outputs:")
    output = "  TemplateVersion: {Description: Its version, Value: 1.2.3}"
    return "\n".join((*head, output, *lines, "")).encode()


SMALL = template("Resources:", "  Topic: {Type: 'AWS::SNS::Topic'}")


def made(files: dict[str, bytes]) -> Any:
    return json.loads(manifest.text("soca-backup", files))


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_what_is_published_validates() -> None:
    [*_, last] = contents.objects(templates_folder.generate())
    assert last.name == "Backup.manifest.json"
    SCHEMA_OF_A_MANIFEST.validate(json.loads(last.content))


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param({"version": "1.0"}, id="version"),
        pytest.param({"name": "other"}, id="name"),
        pytest.param({"files": []}, id="no-files"),
        pytest.param({"commit": "0" * 40}, id="provenance-is-not-in-it"),
        pytest.param({"files": [{"name": "a.json", "size": 1}]}, id="no-checksum"),
        pytest.param({"files": [{"name": "a/b.json", "size": 1, "sha256": "0" * 64}]}, id="a-path"),
        pytest.param(
            {"files": [{"name": "a.template", "size": 1, "sha256": "0" * 64}]},
            id="template-without-parameters",
        ),
    ],
)
def test_the_schema_refuses(damage: dict[str, Any]) -> None:
    good = made({"Backup.template": SMALL})
    SCHEMA_OF_A_MANIFEST.validate(good)
    assert not SCHEMA_OF_A_MANIFEST.is_valid(good | damage)


def test_it_says_of_each_file_what_it_holds() -> None:
    document = made(
        {
            "Backup.template": template(
                "Parameters:",
                "  Days: {Type: Number, Default: 30, MinValue: 1, Description: Days to keep}",
                "Resources:",
                "  Role: {Type: 'AWS::IAM::Role', Properties: {Path: !Sub '/${Days}/'}}",
            ),
            "policy.json": b"{}\n",
        }
    )
    assert document["version"] == "1.2.3"
    one, other = document["files"]
    assert one["description"] == "For a test"
    assert one["capabilities"] == ["CAPABILITY_IAM"]
    assert one["parameters"] == {
        "Days": {"Type": "Number", "Default": 30, "MinValue": 1, "Description": "Days to keep"}
    }
    assert one["outputs"] == {"TemplateVersion": {"Description": "Its version"}}
    assert other == {
        "name": "policy.json",
        "size": 3,
        "sha256": hashlib.sha256(b"{}\n").hexdigest(),
    }
    SCHEMA_OF_A_MANIFEST.validate(document)


@pytest.mark.parametrize(
    ("lines", "capabilities"),
    [
        (["Resources:", "  Topic: {Type: 'AWS::SNS::Topic'}"], []),
        (["Resources:", "  P: {Type: 'AWS::IAM::Policy'}"], ["CAPABILITY_IAM"]),
        (["Resources:", ROLE], ["CAPABILITY_NAMED_IAM"]),
        (
            ["Transform: AWS::LanguageExtensions", "Resources:", ROLE],
            ["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
        ),
    ],
)
def test_capabilities_are_those_that_cloudformation_asks_for(
    lines: list[str], capabilities: list[str]
) -> None:
    [file] = made({"Backup.template": template(*lines)})["files"]
    assert file["capabilities"] == capabilities


def test_the_backup_template_needs_no_more_than_capability_iam() -> None:
    files = {"Backup.template": templates_folder.generate()["Backup.template"].encode()}
    assert made(files)["files"][0]["capabilities"] == ["CAPABILITY_IAM"]


def test_templates_of_different_versions_are_no_release() -> None:
    other = SMALL.replace(b"1.2.3", b"1.2.4")
    with pytest.raises(ValueError, match=r"one version, not \['1.2.3', '1.2.4'\]"):
        made({"Backup.template": SMALL, "Other.template": other})


def test_what_was_written_is_read() -> None:
    content = manifest.text("soca-backup", {"Backup.template": SMALL}).encode()
    version, [file] = manifest.read(content)
    assert version == "1.2.3"
    assert file == ("Backup.template", len(SMALL), hashlib.sha256(SMALL).hexdigest())


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff",
        b"[]",
        b"null",
        b"{}",
        b'{"version": "1", "files": []}',
        b'{"version": "1", "files": [1]}',
        b'{"version": "1", "files": [{"name": "a"}]}',
    ],
)
def test_what_is_no_manifest_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"^(is not the manifest|names no files)"):
        manifest.read(content)
