"""Two releases: every template is compared, one that is new is minor, one that is gone is major."""

import copy
import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

import build
from generator import VERSION, templates_folder
from generator.cloudformation.read import parse
from generator.compare.accepted_losses import AcceptedLoss
from generator.compare.releases import Release, ReleaseComparison, compare_releases
from generator.release import contents
from generator.stacks import MAIN, TEMPLATES
from tests.compare.harmless_changes import HARMLESS
from tests.support import generated
from tests.support.compared import OLD

QUEUE = OLD.replace("Outputs:", "  Queue: {Type: AWS::SQS::Queue}\nOutputs:")
UNKEPT = OLD.replace("DeletionPolicy: RetainExceptOnCreate", "DeletionPolicy: Delete")
OTHER = "Other.template"


def release(version: str, **texts: str) -> Release:
    """Return a release of templates of this version, by name without the suffix."""
    templates = {
        f"{name}.template": parse(f"{name} {version}", text.replace("1.2.3", version))
        for name, text in texts.items()
    }
    return Release(f"release {version}", templates)


def compared(
    old: Mapping[str, str], new: Mapping[str, str], version: str = "1.2.3"
) -> ReleaseComparison:
    return compare_releases(release("1.2.3", **old), release(version, **new))


@pytest.mark.parametrize(
    ("old", "new", "verdict", "lowest"),
    [
        pytest.param({"A": OLD}, {"A": OLD}, "none", "1.2.3", id="same"),
        pytest.param({"A": OLD, "B": OLD}, {"A": OLD, "B": QUEUE}, "minor", "1.3.0", id="second"),
        pytest.param({"A": OLD}, {"A": OLD, "B": OLD}, "minor", "1.3.0", id="new"),
        pytest.param({"A": OLD, "B": OLD}, {"A": OLD}, "major", "2.0.0", id="gone"),
        pytest.param({"A": OLD}, {"B": OLD}, "major", "2.0.0", id="renamed"),
    ],
)
def test_the_verdict_is_that_of_the_whole(
    old: Mapping[str, str], new: Mapping[str, str], verdict: str, lowest: str
) -> None:
    assert compared(old, new).verdict == verdict
    assert compared(old, new, lowest).failures == []
    if verdict != "none":
        [failure] = compared(old, new).failures
        assert f"the version has to be {lowest} or later; it is 1.2.3: raise VERSION" in failure


def test_no_version_allows_any_template_to_lose_data() -> None:
    both = {"A": OLD, "B": OLD}
    failures = compared(both, {**both, "B": UNKEPT}, "2.0.0").failures
    assert failures == [
        (
            "B.template: 1 loss of protection: the new template protects less than the old one: "
            "correct it, unless that is meant"
        )
    ]


def test_one_template_that_states_no_version_leaves_the_release_without() -> None:
    both = {"A": OLD, "B": OLD.replace("1.2.3", "new")}
    [failure] = compared({"A": OLD}, both).failures
    assert "it is not stated" in failure
    assert compared(both, {"A": OLD}).needed_version is None


LESS = "RDS databases are no longer selected"


def test_a_loss_is_accepted_for_one_template_alone() -> None:
    safer = copy.deepcopy(generated.template())
    HARMLESS["one more type"](safer)
    old, new = json.dumps(safer), json.dumps(generated.template())
    accepted = [AcceptedLoss("9.9.9", f"{name}.template", LESS, "why") for name in ("A", "C")]
    made = compare_releases(
        release("1.2.3", A=old, B=old), release("1.2.3", A=new, B=new), accepted
    )
    assert [each.split(": ")[:2] for each in made.failures[:-1]] == [
        ["B.template", "1 loss of protection"],
        ["accepted-losses.json", "this is not lost, so do not accept it"],
    ]


@pytest.fixture
def published(tmp_path: Path) -> Callable[..., str]:
    """Give what writes a release of these of our templates, and returns where its manifest is."""

    def write(*names: str, also: str | None = None) -> str:
        texts = {name: templates_folder.generate()[name] for name in names}
        texts |= {also: texts[MAIN]} if also else {}
        for each in contents.objects(texts):
            (tmp_path / each.name).write_bytes(each.content)
        return str(tmp_path / contents.MANIFEST)

    return write


def test_every_template_of_a_manifest_is_compared_with_this_checkouts(
    published: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    manifest = published(*TEMPLATES)
    assert build.main(["compare", manifest]) == build.FINE
    said = capsys.readouterr().out
    for name in TEMPLATES:
        template = Path(manifest).with_name(name)
        assert f"{template} -> this checkout\n" in said
        assert f"\n  {name}: none\n" in said
    assert f"\n{manifest} -> this checkout\n" in said
    assert said.endswith("\nVerdict: none\n")


def test_what_is_new_and_what_is_gone_is_told(
    published: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    main, copies, tests = TEMPLATES
    manifest = published(main, copies, also=OTHER)
    assert build.main(["compare", manifest]) == build.FINDING
    said = capsys.readouterr().out
    assert f"\n  {OTHER}: gone, so its stacks get no more updates\n  {tests}: new\n" in said
    assert f"\nVerdict: major\n  the verdict against {VERSION} is major" in said
    assert build.main(["compare", "--json", manifest]) == build.FINDING
    printed = json.loads(capsys.readouterr().out)
    assert printed["old"] == {"source": manifest, "version": VERSION}
    assert printed["new"] == {"source": "this checkout", "version": VERSION}
    assert (printed["verdict"], printed["ok"]) == ("major", False)
    assert [(each["name"], each["status"], each["verdict"]) for each in printed["templates"]] == [
        (main, "compared", "none"),
        (copies, "compared", "none"),
        (OTHER, "gone", "major"),
        (tests, "new", "minor"),
    ]
    assert {frozenset(each) for each in printed["templates"]} == {
        frozenset({"name", "status", "verdict", "protection_losses", "changes"})
    }


def test_two_releases_are_compared_by_their_manifests(
    published: Callable[..., str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    manifest = published(*TEMPLATES)
    assert build.main(["compare", manifest, manifest]) == build.FINE
    template = str(tmp_path / MAIN)
    for words in (
        [manifest, template],
        [manifest, ""],
        [template, manifest],
        [manifest, "--template", MAIN],
        [manifest, manifest, "--template", MAIN],
    ):
        capsys.readouterr()
        assert build.main(["compare", *words]) == build.USAGE
        printed = capsys.readouterr()
        assert printed.out == ""
        assert printed.err.count("\n") == 1
        assert "and  is none" not in printed.err


def test_a_release_that_is_not_whole_is_a_sentence(
    published: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    manifest = published(*TEMPLATES)
    missing = Path(manifest).with_name(MAIN)
    missing.unlink()
    assert build.main(["compare", "--json", manifest]) == build.USAGE
    printed = capsys.readouterr()
    assert printed.err.startswith(f"build.py: {missing}: No such file")
    assert json.loads(printed.out)["error"] in printed.err
