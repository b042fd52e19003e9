"""What a release holds, in which order, and as what S3 hands it out."""

import pytest

from generator.release import contents
from generator.release.contents import Object
from tests.support.generated import text


def test_the_manifest_is_the_last_object_and_the_checksums_come_before_it() -> None:
    names = [each.name for each in contents.objects({"Backup.template": text()})]
    assert names == ["Backup.template", "Backup.SHA256SUMS", "Backup.manifest.json"]


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("Backup.template", "application/yaml"),
        ("Backup.SHA256SUMS", "text/plain; charset=utf-8"),
        ("Backup.manifest.json", "application/json"),
    ],
)
def test_every_object_has_its_media_type(name: str, content_type: str) -> None:
    assert Object(name, b"").content_type == content_type
