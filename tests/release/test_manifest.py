"""The manifest: a function of the published files alone, as its schema says."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from generator import templates_folder
from generator.printable import printable
from generator.release import contents, manifest
from generator.release.schema import violations
from generator.stacks import TEMPLATES

SCHEMA = json.loads(Path(manifest.__file__).with_name("manifest.schema.json").read_text())
SCHEMA_OF_A_MANIFEST = Draft202012Validator(SCHEMA)

ROLE = "  Role: {Type: 'AWS::IAM::Role', Properties: {RoleName: !Ref Name}}"


def template(*lines: str) -> bytes:
    """Return a small template of version 1.2.3."""
    head = ("Description: For a test", "Outputs:")
    output = "  TemplateVersion: {Description: Its version, Value: 1.2.3}"
    return "\n".join((*head, output, *lines, "")).encode()


SMALL = template("Resources:", "  Topic: {Type: 'AWS::SNS::Topic'}")
WITH_PARAMETERS = template(
    "Parameters:",
    "  Days: {Type: Number, Default: 30, MinValue: 1, Description: Days to keep}",
    "Resources:",
    "  Role: {Type: 'AWS::IAM::Role', Properties: {Path: !Sub '/${Days}/'}}",
)


def made(files: dict[str, bytes]) -> Any:
    return json.loads(manifest.text("soca-backup", files))


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_what_is_published_validates() -> None:
    [*_, last] = contents.objects(templates_folder.generate())
    assert last.name == "Backup.manifest.json"
    SCHEMA_OF_A_MANIFEST.validate(json.loads(last.content))


LISTED = {"name": "a.json", "size": 1, "sha256": "0" * 64}

DAMAGES: dict[str, dict[str, Any]] = {
    "version": {"version": "1.0"},
    "name": {"name": "other"},
    "no-files": {"files": []},
    "too-many-files": {"files": [LISTED | {"name": f"{number}.json"} for number in range(101)]},
    "provenance-is-not-in-it": {"commit": "0" * 40},
    "no-checksum": {"files": [{"name": "a.json", "size": 1}]},
    "template-without-parameters": {"files": [LISTED | {"name": "a.template"}]},
    "a-path": {"files": [LISTED | {"name": "a/b.json"}]},
    "this-folder": {"files": [LISTED | {"name": "."}]},
    "the-folder-above": {"files": [LISTED | {"name": ".."}]},
    "no-name": {"files": [LISTED | {"name": ""}]},
    "other-letters": {"files": [LISTED | {"name": "\u0430.json"}]},
    "the-manifest": {"files": [LISTED | {"name": "Backup.manifest.json"}]},
    "the-checksums": {"files": [LISTED | {"name": "Backup.SHA256SUMS"}]},
    "size-0": {"files": [LISTED | {"size": 0}]},
    "size-negative": {"files": [LISTED | {"size": -1}]},
    "size-too-large": {"files": [LISTED | {"size": 1_048_577}]},
    "size-boolean": {"files": [LISTED | {"size": True}]},
    "size-text": {"files": [LISTED | {"size": "1"}]},
    "size-fraction": {"files": [LISTED | {"size": 1.5}]},
    "capital-checksum": {"files": [LISTED | {"sha256": "A" * 64}]},
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_the_schema_refuses(damage: dict[str, Any]) -> None:
    good = made({"Backup.template": SMALL})
    manifest.read(json.dumps(good).encode())
    assert not SCHEMA_OF_A_MANIFEST.is_valid(good | damage)
    with pytest.raises(
        ValueError,
        match=r"^is not the manifest of a release: manifest\.schema\.json refuses it at \$\.",
    ):
        manifest.read(json.dumps(good | damage).encode())


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield each map and list of a document, with each of its keys."""
    for key in list(value) if isinstance(value, dict) else range(len(value)):
        yield value, key
        if isinstance(value[key], dict | list):
            yield from places(value[key])


VALUES: tuple[Any, ...] = (
    *(None, True, -1, 0, 7, 1.5, "", "x", "Backup.SHA256SUMS", "a.template", "1.2.3"),
    *([], ["x"], ["x", "x"], ["CAPABILITY_IAM"] * 2, {}, {"x": "y"}, {"Description": "x"}),
    {"Type": "x", "Description": "y", "Default": None},
)


def test_it_is_read_as_strictly_as_a_validator_of_schemas_would() -> None:
    files = {"Backup.template": WITH_PARAMETERS, "policy.json": b"{}\n"}
    document = made(files)
    refused = 0
    for there, key in list(places(document)):
        kept = there[key]
        for value in VALUES:
            there[key] = value
            is_valid = SCHEMA_OF_A_MANIFEST.is_valid(document)
            assert is_valid == (not any(violations(SCHEMA, document))), (key, value)
            refused += not is_valid
        there[key] = kept
        if isinstance(there, dict):  # and where the key is missing
            del there[key]
            is_valid = SCHEMA_OF_A_MANIFEST.is_valid(document)
            assert is_valid == (not any(violations(SCHEMA, document))), key
            there[key] = kept
    assert document == made(files)
    assert refused > len(VALUES)


def test_it_says_of_each_file_what_it_holds() -> None:
    document = made({"Backup.template": WITH_PARAMETERS, "policy.json": b"{}\n"})
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


def test_no_template_needs_more_than_capability_iam() -> None:
    files = {name: text.encode() for name, text in templates_folder.generate().items()}
    needed = {file["name"]: file.get("capabilities") for file in made(files)["files"]}
    assert [needed[name] for name in TEMPLATES] == [["CAPABILITY_IAM"], ["CAPABILITY_IAM"], []]


@pytest.mark.parametrize(
    ("other", "told"),
    [
        pytest.param(SMALL.replace(b"1.2.3", b"1.2.4"), "'1.2.4'", id="another"),
        pytest.param(SMALL.replace(b"TemplateVersion", b"Version"), "None", id="none"),
    ],
)
def test_templates_that_do_not_state_one_version_are_no_release(other: bytes, told: str) -> None:
    with pytest.raises(ValueError, match=rf"one version, not .*'Other.template': {told}"):
        made({"Backup.template": SMALL, "Other.template": other})


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"policy.json": b"{}"}, id="no-template"),
        pytest.param({"A.template": SMALL.replace(b"TemplateVersion", b"V")}, id="no-version"),
    ],
)
def test_without_a_version_there_is_no_release(files: dict[str, bytes]) -> None:
    with pytest.raises(ValueError, match="must all state one version, not"):
        made(files)


def test_what_was_written_is_read() -> None:
    content = manifest.text("soca-backup", {"Backup.template": SMALL}).encode()
    version, [file] = manifest.read(content)
    assert version == "1.2.3"
    assert file == ("Backup.template", len(SMALL), hashlib.sha256(SMALL).hexdigest())


GOOD = manifest.text("soca-backup", {"Backup.template": SMALL})

NO_MANIFESTS: dict[str, tuple[bytes | str, str]] = {
    "empty": (b"", "Expecting value"),
    "no-text": (b"\xff", "'utf-8' codec can't decode"),
    "utf-16": (GOOD.encode("utf-16"), "'utf-8' codec can't decode"),
    "html": ("<html>", "Expecting value"),
    "cut": (GOOD[:-9], "Expecting"),
    "two": (GOOD + GOOD, "Extra data"),
    "a-list": ("[]", "manifest.schema.json refuses it at $: type"),
    "null": ("null", "manifest.schema.json refuses it at $: type"),
    "no-keys": ("{}", "$: required"),
    "no-number": (GOOD.replace('"size": ', '"size": NaN, "x": '), "NaN is no number"),
    "no-end": (GOOD.replace('"size": ', '"size": -Infinity, "x": '), "-Infinity is no number"),
    "too-large": (GOOD.replace('"size": ', '"size": 1e999, "x": '), "1e999 is no number"),
    "too-long": (GOOD.replace('"size": ', f'"size": {"1" * 5_000}'), "an integer has 50"),
    "much-too-long": (GOOD.replace('"size": ', f'"size": {"1" * 4_000_000}'), "integer has 4"),
    "a-key-twice": (GOOD.replace('"size": ', '"size": 1, "size": '), "has a key twice"),
    "lists": ("[" * 1_000_000, "it nests too deep"),
    "maps": ('{"a":' * 1_000_000, "it nests too deep"),
    "deep-capabilities": (
        GOOD.replace('"capabilities": []', f'"capabilities": [{"[" * 800}{"]" * 800}]'),
        "$.files[0].capabilities[0]: enum",
    ),
    "many-capabilities": (
        GOOD.replace('"capabilities": []', f'"capabilities": [{"1," * 1_000_000}1]'),
        "$.files[0].capabilities: uniqueItems",
    ),
    "a-line-more": (GOOD.replace('"1.2.3"', '"1.2.3\\n"'), "$.version: pattern"),
    "a-forged-key": (
        GOOD.replace('"name"', '"a\\n::error::\\u001b": 1, "name"', 1),
        r"$.a\n::error",
    ),
    "a-file-twice": (
        json.dumps(made({"Backup.template": SMALL}) | {"files": [LISTED, LISTED]}),
        "it names a file twice",
    ),
}


@pytest.mark.parametrize(("content", "says"), NO_MANIFESTS.values(), ids=NO_MANIFESTS)
def test_what_is_no_manifest_is_refused(content: bytes | str, says: str) -> None:
    with pytest.raises(ValueError, match=r"^is not the manifest of a release: ") as caught:
        manifest.read(content if isinstance(content, bytes) else content.encode())
    assert says in str(caught.value)
    assert str(caught.value) == printable(caught.value)
