"""A second template in the list goes wherever the first one goes, and nothing else names it."""

import json
from pathlib import Path

import pytest
from troposphere import GetAtt, Output, Parameter, Ref, Template
from troposphere.sns import Topic

import build
from generator import VERSION, paths, stacks, templates_folder
from generator.docs import readme_tables
from generator.lint import findings
from generator.parent import example
from generator.stacks.declarations import Input
from generator.stacks.render import render
from tests.local_aws.local_s3 import FOLDER, LocalS3

SECOND = "Second.template"


def second() -> Template:
    """Return a small template: a topic, of which the name has to be given."""
    made = Template(f"A topic. Version {VERSION}")
    made.set_version("2010-09-09")
    name = Input(
        "TopicName", group="Topic", label="Name", Type="String", Description="Name of the topic"
    )
    name.declare_in(made)
    topic = made.add_resource(Topic("SecondTopic", TopicName=Ref(name)))
    made.add_output(Output("TopicArn", Description="ARN of the topic", Value=Ref(topic)))
    made.add_output(Output("TemplateVersion", Description="Version", Value=VERSION))
    return made


@pytest.fixture(autouse=True)
def two_templates(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Add the second template to the list, and give a templates/ of its own."""
    monkeypatch.setitem(stacks.TEMPLATES, SECOND, second)
    monkeypatch.setattr(paths, "TEMPLATES", tmp_path / "templates")
    # The first one's lint takes long, and has tests of its own.
    monkeypatch.setattr(
        templates_folder, "findings", lambda text: [] if "SOCABackup" in text else findings(text)
    )
    return tmp_path / "templates"


def generated(directory: Path) -> Path:
    """Return the second template in templates/, which hold what is generated."""
    templates_folder.write(templates_folder.generate(), directory)
    return directory / SECOND


def test_it_is_generated_and_linted(
    two_templates: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert build.main(["templates"]) == build.FINE
    lines = capsys.readouterr().out.splitlines()
    assert [line.partition("  ")[0] for line in lines] == [
        str(two_templates / name) for name in (stacks.MAIN, SECOND, "deployer-policy.json")
    ]
    assert build.main(["check"]) == build.FINE


def test_its_findings_keep_it_out(
    monkeypatch: pytest.MonkeyPatch, two_templates: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def slipped() -> Template:
        made = second()
        made.add_parameter(Parameter("Unused", Type="String"))
        return made

    monkeypatch.setitem(stacks.TEMPLATES, SECOND, slipped)
    assert build.main(["templates"]) == build.FINDING
    assert f"{two_templates / SECOND}:" in capsys.readouterr().out
    assert not two_templates.exists()


def test_its_drift_is_found(two_templates: Path) -> None:
    generated(two_templates).unlink()
    [diff] = templates_folder.drift(templates_folder.generate(), two_templates)
    assert f"+++ {SECOND}, generated" in diff


def test_it_is_rendered_by_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert build.main(["render", SECOND]) == build.FINE
    assert "SecondTopic:" in capsys.readouterr().out
    assert build.main(["render", "Third.template"]) == build.USAGE
    assert SECOND in capsys.readouterr().err


def test_it_is_published_and_verified(s3: LocalS3) -> None:
    bucket = s3.make_bucket("bbb")
    s3.files[SECOND] = render(second())
    said = s3.run("publish", "--bucket", bucket, "--json")
    [published] = json.loads(said.out)["buckets"]
    made = {each["key"].rpartition("/")[2]: each for each in published["objects"]}
    assert made[SECOND]["action"] == "created"
    assert made[SECOND]["launch_url"] in said.err
    assert made[SECOND]["url"].endswith(f"/{FOLDER}/templates/{SECOND}")
    manifest = json.loads(s3.held(bucket)[f"{FOLDER}/templates/Backup.manifest.json"])
    [entry] = [each for each in manifest["files"] if each["name"] == SECOND]
    assert entry["parameters"]["TopicName"]["Type"] == "String"
    assert s3.run("verify", "--bucket", bucket, "--against-local").status == build.FINE
    s3.put(bucket, SECOND, b"changed")
    assert f"{SECOND} does not match the manifest" in s3.run("verify", "--bucket", bucket).out


def test_a_parent_that_nests_it_is_checked(
    two_templates: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    generated(two_templates)
    parent = example.template()
    stack = parent.resources["Backup"]
    stack.TemplateURL = f"https://bbb.s3.us-east-1.amazonaws.com/{SECOND}"
    stack.Parameters = {"ClusterId": "soca-x"}
    parent.outputs.clear()
    parent.add_output(Output("Arn", Value=GetAtt(stack, "Outputs.BackupRoleArn")))
    path = tmp_path / "parent"
    path.write_text(parent.to_json())
    assert build.main(["check-parent", str(path)]) == build.FINDING
    said = capsys.readouterr().out
    assert f"'TopicName' is missing: {SECOND} has no default for it" in said
    assert f"{SECOND} has no parameter 'ClusterId'" in said
    assert "Backup has no 'Outputs.BackupRoleArn': use Outputs.TopicArn" in said


def test_a_file_of_its_name_is_compared_with_it(
    two_templates: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = generated(two_templates)
    assert build.main(["compare", str(old)]) == build.FINE
    assert "SecondTopic" in capsys.readouterr().out
    assert templates_folder.counterpart(f"s3://bbb/v1/{SECOND}?versionId=a/b") == SECOND
    other = old.rename(tmp_path / "other.yaml")
    assert build.main(["compare", str(other), "--template", SECOND]) == build.FINE
    capsys.readouterr()
    assert build.main(["compare", str(other)]) == build.FINDING  # with the main one
    assert "SOCABackupVault" in capsys.readouterr().out
    assert build.main(["compare", str(other), str(other), "--template", SECOND]) == build.USAGE
    assert "--template" in capsys.readouterr().err


def test_whoever_deploys_it_may(capsys: pytest.CaptureFixture[str]) -> None:
    assert build.main(["deployer-policy"]) == build.FINE
    statements = {each["Sid"]: each for each in json.loads(capsys.readouterr().out)["Statement"]}
    assert f"arn:*:s3:::*/{SECOND}" in statements["FetchTheTemplate"]["Resource"]


def test_its_tables_have_a_place_in_the_readme() -> None:
    tables = readme_tables.tables({SECOND: second().to_dict()})
    assert "`TopicName`" in tables[f"parameters of {SECOND}"]
    del tables["protected"]
    with pytest.raises(ValueError, match=f"0 places for the table 'parameters of {SECOND}'"):
        readme_tables.refresh("", tables)
