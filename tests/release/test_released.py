"""The templates of a release, read by its manifest from wherever it lies, or not at all."""

import json

import pytest

from generator import VERSION, templates_folder
from generator.cloudformation.errors import UnreadableError
from generator.release import contents, released
from generator.stacks import TEMPLATES
from tests.local_aws.local_s3 import FOLDER, LocalS3

FILES = {each.name: each.content for each in contents.objects(templates_folder.generate())}
FOLDERS = (
    "",
    "/there/v1/",
    "/what?/#1/",
    "https://bbb.example/v1/templates/",
    "s3://bbb/v1/templates/",
)


@pytest.fixture(params=FOLDERS)
def folder(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Give a place where the release lies; ``fetch`` has tests of its own."""
    place = str(request.param)
    held = {f"{place}{name}": content for name, content in FILES.items()}
    monkeypatch.setattr(released, "fetch", held.__getitem__)
    return place


def damaged(monkeypatch: pytest.MonkeyPatch, name: str, content: bytes) -> None:
    monkeypatch.setattr(released, "fetch", {**FILES, name: content}.__getitem__)


def test_the_templates_are_those_of_the_manifest(folder: str) -> None:
    source = f"{folder}Backup.manifest.json"
    assert released.is_manifest(source)
    found = released.templates_of(source)
    assert [*found] == [*TEMPLATES]
    for name, template in found.items():
        assert template.name == f"{folder}{name}"
        assert not released.is_manifest(template.name)


@pytest.mark.parametrize(
    "query",
    ["?versionId=1", "?X-Amz-Signature=secret", "?secret=/Backup.manifest.json", "#x"],
)
def test_an_address_of_the_manifest_alone_is_refused(query: str) -> None:
    assert released.is_manifest(f"https://bbb.example/v1/Backup.manifest.json{query}")
    with pytest.raises(UnreadableError, match="leads to this file alone") as caught:
        released.templates_of(f"https://bbb.example/v1/Backup.manifest.json{query}")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("after", ["?f=/", "#/"])
def test_an_address_that_only_mentions_a_manifest_is_none(after: str) -> None:
    assert not released.is_manifest(f"https://bbb.example/v1/x{after}Backup.manifest.json")


def test_another_file_than_the_manifest_lists_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    name = "BackupRestoreTesting.template"
    damaged(monkeypatch, name, FILES[name] + b"# changed\n")
    with pytest.raises(UnreadableError, match=f"^{name}: is not the file that Backup.manifest"):
        released.templates_of("Backup.manifest.json")


@pytest.mark.parametrize(
    ("output", "stated"), [({"Value": VERSION}, f"'{VERSION}'"), ({}, "None"), (1, "None")]
)
def test_a_template_of_another_version_is_refused(
    monkeypatch: pytest.MonkeyPatch, output: object, stated: str
) -> None:
    document = {"Resources": {"A": {"Type": "T"}}, "Outputs": {"TemplateVersion": output}}
    content = json.dumps(document).encode()
    listed = json.loads(FILES["Backup.manifest.json"])
    listed["files"][0] |= {"sha256": contents.Object("", content).sha256}
    manifest = json.dumps(listed | {"version": "9.9.9"}).encode()
    held = {**FILES, "Backup.template": content, "Backup.manifest.json": manifest}
    monkeypatch.setattr(released, "fetch", held.__getitem__)
    with pytest.raises(UnreadableError, match=f"^Backup.template: states version {stated}, and"):
        released.templates_of("Backup.manifest.json")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"{}", "Backup.manifest.json: is not the manifest of a release: "),
        (
            json.dumps(
                {
                    "name": "soca-backup",
                    "version": "1.0.0",
                    "files": [{"name": "a", "size": 1, "sha256": "0" * 64}],
                }
            ).encode(),
            "Backup.manifest.json: lists no template",
        ),
    ],
)
def test_what_is_no_manifest_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, content: bytes, says: str
) -> None:
    damaged(monkeypatch, "Backup.manifest.json", content)
    with pytest.raises(UnreadableError, match=f"^{says}.*give ") as caught:
        released.templates_of("Backup.manifest.json")
    assert "\n" not in str(caught.value)


def test_what_is_published_is_read_back(s3: LocalS3, monkeypatch: pytest.MonkeyPatch) -> None:
    bucket = s3.make_bucket("bbb")
    assert s3.run("publish", "--bucket", bucket).status == 0
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3.proxy.url)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    found = released.templates_of(f"s3://{bucket}/{FOLDER}/templates/Backup.manifest.json")
    assert [*found] == [*TEMPLATES]
    s3.delete(bucket, "BackupRestoreTesting.template")
    with pytest.raises(UnreadableError, match=r"template: S3 answered NoSuchKey: .*lists it"):
        released.templates_of(f"s3://{bucket}/{FOLDER}/templates/Backup.manifest.json")
