"""What people read is true of the template: its tables, commands, names, defaults and links."""

import json
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

import build
from generator import paths
from generator.docs import readme_tables
from generator.parent import example
from generator.paths import ROOT
from generator.stacks import MAIN, backup
from generator.stacks.render import render
from tests.support.cli_lines import Shell, commands
from tests.support.generated import full_role

README = ROOT / "README.md"
PAGES = sorted(
    [README, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")]
)
OPERATIONS = ROOT / "docs" / "operations.md"

# Names in `code` that are not the template's own, and whose they are.
ELSEWHERE = {
    "CloudFormation": {
        "Conditions",
        "DeletionPolicy",
        "Resources",
        "Retain",
        "RoleName",
        "TemplateURL",
    },
    "SOCA 2.6.1, its templates": {
        *("Configuration", "EFSApps", "EFSAppsDns", "EFSData", "EFSDataDns", "S3InstallBucket"),
        *("ComputeNodeInstanceProfileArn", "SchedulerIAMInstanceProfileArn", "Storage"),
        *("SOCABackupRestoreIamRole", "SOCABackupRole", "SocaBackupIamRole"),
    },
    "the snippet of the README": {"Backup", "S3InstallBucketRegion"},
    "the plan and its selection": {"SOCADailyBackup", "ListOfTags"},
    "AWS's managed policies, and the role names they ask for": {
        *("AWSBackup", "AWSBackupFullAccess", "AWSBackupOperatorAccess", "AwsBackup"),
    },
    "jobs and recovery points": {"CreatedResourceArn", "ResourceArn"},
    "tags, events and states of AWS": {"Name", "PendingConfirmation", "ProcessBackupPlanSelection"},
    "metadata of a restore": {
        *("CreationToken", "IamInstanceProfileName", "InstanceType", "KmsKeyId"),
        *("SecurityGroupIds", "SubnetId", "UseBackedUpValue"),
    },
}

# What a restore takes, by resource type.
# https://docs.aws.amazon.com/aws-backup/latest/devguide/restoring-a-backup.html
RESTORE_METADATA = {
    "EFS": {
        *("file-system-id", "newFileSystem", "Encrypted", "KmsKeyId", "PerformanceMode"),
        *("CreationToken", "ItemsToRestore", "singleAzFilesystem", "availabilityZoneName"),
    },
    "EBS": {
        *("availabilityZone", "encrypted", "iops", "kmsKeyId", "throughput", "volumeType"),
        *("volumeSize", "temporaryRestoreDays", "restoreType"),
    },
}


@cache
def template() -> dict[str, Any]:
    made: dict[str, Any] = backup.template().to_dict()
    return made


def prose(page: Path) -> str:
    """Return the page without its fenced blocks and without what is generated."""
    text = re.sub(r"^ *```.*?^ *```$", "", page.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    return re.sub(r"<!-- (\w+): .*?<!-- end of \1 -->", "", text, flags=re.DOTALL)


def shown(page: Path) -> str:
    return str(page.relative_to(ROOT))


# The generated tables


def test_the_tables_of_the_readme_are_the_templates() -> None:
    text = README.read_text("utf-8")
    assert readme_tables.refresh(text, readme_tables.tables({MAIN: template()})) == text, (
        "run `python build.py docs`"
    )


def test_every_parameter_and_output_has_a_row() -> None:
    text = README.read_text("utf-8")
    for name in [*template()["Parameters"], *template()["Outputs"]]:
        assert f"\n| `{name}` |" in text


SMALL = {
    "Metadata": {
        readme_tables.INTERFACE: {
            "ParameterGroups": [
                {"Label": {"default": "Later"}, "Parameters": ["B"]},
                {"Label": {"default": "First"}, "Parameters": ["A"]},
            ]
        }
    },
    "Parameters": {
        "A": {"Description": "at most 3 <Things> | a_b*"},
        "B": {"Description": "kept", "Default": ""},
    },
    "Outputs": {"C": {"Description": "what it is"}},
}


def test_a_table_is_in_the_consoles_order_and_shows_no_markup() -> None:
    assert readme_tables.parameter_tables(SMALL) == (
        "**Later**\n\n| Parameter | Default | What it is |\n| --- | --- | --- |\n"
        "| `B` | (empty) | kept |\n\n"
        "**First**\n\n| Parameter | Default | What it is |\n| --- | --- | --- |\n"
        "| `A` | (required) | at most 3 &lt;Things> \\| a\\_b\\* |\n"
    )
    assert readme_tables.output_table(SMALL).endswith("| `C` | what it is |\n")


def test_refresh_replaces_what_is_between_the_markers_and_nothing_else() -> None:
    page = "before\n<!-- t: by hand? no -->\nold\n<!-- end of t -->\nafter \\1\n"
    fresh = readme_tables.refresh(page, {"t": "| new \\1 |\n"})
    assert fresh == (
        "before\n<!-- t: by hand? no -->\n\n| new \\1 |\n\n<!-- end of t -->\nafter \\1\n"
    )
    assert readme_tables.refresh(fresh, {"t": "| new \\1 |\n"}) == fresh


@pytest.mark.parametrize("times", [0, 2])
def test_refresh_refuses_a_page_without_exactly_one_place(times: int) -> None:
    with pytest.raises(ValueError, match=f"{times} places for the table 't'"):
        readme_tables.refresh("<!-- t: x -->\n<!-- end of t -->\n" * times, {"t": "new"})


def test_the_verb_docs_writes_what_differs_and_only_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "README.md"
    monkeypatch.setattr(paths, "README", page)
    monkeypatch.setattr(example, "PATH", tmp_path / "examples" / "parent.template")
    text = README.read_text("utf-8")
    page.write_text(
        text.replace("| `RetentionDays` | `30` |", "| `RetentionDays` | `7` |"), "utf-8"
    )
    assert build.main(["docs"]) == build.FINE
    assert page.read_text("utf-8") == text
    assert capsys.readouterr().out == f"{page}\n{example.PATH}\n"
    assert example.PATH.read_text("utf-8") == render(example.template())
    assert build.main(["docs"]) == build.FINE
    assert capsys.readouterr().out == ""
    page.write_text("nothing\n", "utf-8")
    assert build.main(["docs"]) == build.FINDING
    assert "0 places for the table 'protected'" in capsys.readouterr().err


# The commands


@pytest.mark.parametrize("page", PAGES, ids=shown)
def test_no_command_hides_in_a_block_that_is_not_read(page: Path) -> None:
    fences = re.findall(r"^ *```(.*)$", page.read_text("utf-8"), re.MULTILINE)
    assert set(fences[::2]) <= {"bash", "json", "yaml", "mermaid"}
    assert set(fences[1::2]) <= {""}


@pytest.mark.parametrize("page", PAGES, ids=shown)
def test_every_command_is_one_that_the_aws_cli_takes(page: Path) -> None:
    shell = Shell()
    findings = [
        f"{shown(page)}:{line.number}: {finding}"
        for line in commands(page.read_text("utf-8"))
        for finding in shell.findings(line.text)
    ]
    assert findings == []


def test_there_are_commands_to_check() -> None:
    found = [line.text for line in commands(OPERATIONS.read_text("utf-8")) if "aws " in line.text]
    assert len(found) > 30


def test_a_restore_is_given_what_restores_take() -> None:
    checked = set()
    for line in commands(OPERATIONS.read_text("utf-8")):
        typed = re.search(r"--resource-type (\w+)\b.*--metadata '(\{.*\})'", line.text, re.DOTALL)
        if typed:
            assert set(json.loads(typed[2])) <= RESTORE_METADATA[typed[1]], line
            checked.add(typed[1])
    assert checked == set(RESTORE_METADATA)


def test_every_restore_and_backup_names_the_role() -> None:
    jobs = re.compile(r"\baws backup start-(backup|restore)-job\b")
    for line in commands(OPERATIONS.read_text("utf-8")):
        if jobs.search(line.text):
            assert '--iam-role-arn "$ROLE_ARN"' in line.text, line


def test_every_backup_on_demand_says_how_long_it_is_kept() -> None:
    for line in commands(OPERATIONS.read_text("utf-8")):
        if "start-backup-job" in line.text:
            days = template()["Parameters"]["RetentionDays"]["Default"]
            assert f"--lifecycle DeleteAfterDays={days}" in line.text, line


def told(what: str) -> set[str]:
    """Return the words that follow ``what`` where the pages tell a reader to run it."""
    typed = []
    for page in PAGES:
        typed += [line.text for line in commands(page.read_text("utf-8"))]
        typed += re.findall(r"`([^`]+)`", prose(page))
    return {words[1] for text in typed for words in re.findall(rf"^({what}) ([a-z][a-z-]*)", text)}


def test_every_make_target_exists() -> None:
    targets = re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert {"templates", "test"} <= told("make") <= set(targets)


def test_every_verb_of_build_py_exists() -> None:
    verbs = told(r"python build\.py")
    assert {"check", "docs"} <= verbs
    for verb in verbs:
        done = subprocess.run(
            [sys.executable, ROOT / "build.py", verb, "--help"], capture_output=True, check=False
        )
        assert done.returncode == 0, verb


# Names, numbers, links


@pytest.mark.parametrize("page", PAGES, ids=shown)
def test_every_name_in_code_style_exists(page: Path) -> None:
    known = set().union(*ELSEWHERE.values())
    for section in ("Parameters", "Outputs", "Resources"):
        known |= set(template()[section])
    known |= set(full_role())
    names = re.findall(r"`([A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*)`", prose(page))
    assert sorted(set(names) - known) == []


def test_the_names_of_others_are_all_used() -> None:
    text = "\n".join(prose(page) for page in PAGES)
    assert [name for names in ELSEWHERE.values() for name in names if f"`{name}`" not in text] == []


def test_every_default_in_the_text_is_the_templates() -> None:
    stated = [
        pair
        for page in PAGES
        for pair in re.findall(r"`(\w+)` \(default\s+`([^`]*)`\)", prose(page))
    ]
    assert {"BackupSchedule", "RetentionDays", "StartWindowMinutes"} <= {name for name, _ in stated}
    for name, default in stated:
        assert str(template()["Parameters"][name]["Default"]) == default, name


def anchors(page: Path) -> set[str]:
    """Return the anchors that GitHub makes of a page's headings."""
    headings = re.findall(r"^#+ (.*)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=shown)
def test_every_link_inside_the_repository_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        if re.match(r"https?://", target):
            continue
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.exists(), target
        if anchor:
            assert anchor in anchors(there), target


def test_the_contents_of_operations_name_every_section() -> None:
    text = OPERATIONS.read_text("utf-8")
    sections = re.findall(r"^## (.*)$", text, re.MULTILINE)
    assert re.findall(r"^- \[([^\]]*)\]", text, re.MULTILINE) == sections


def test_every_decision_is_in_the_list() -> None:
    pages = sorted((ROOT / "docs" / "decisions").glob("0*.md"))
    listed = re.findall(r"\(([^)]+\.md)\)", (ROOT / "docs" / "decisions" / "README.md").read_text())
    assert listed == [page.name for page in pages]
    for page in pages:
        headings = re.findall(r"^## (.*)$", page.read_text("utf-8"), re.MULTILINE)
        assert headings == ["Context", "Decision", "Consequences"], page.name


# The nested stack


class _Tagged(yaml.SafeLoader):
    """Reads CloudFormation's short functions as (name, argument)."""


_Tagged.add_multi_constructor(
    "!", lambda loader, suffix, node: (suffix, loader.construct_scalar(node))
)

# What the main stack and the Security stack of SOCA 2.6.1 have.
# https://github.com/awslabs/scale-out-computing-on-aws/tree/2.6.1/source
SOCA_VALUES = {
    "CheckSOCAPreRequisite.ClusterId",
    "Security.Outputs.SchedulerIAMRoleArn",
    "Security.Outputs.ComputeNodeIAMRoleArn",
}
SOCA_PARAMETERS = {"S3InstallBucket", "S3InstallFolder"}
ADDED_PARAMETERS = {"S3InstallBucketRegion", "ExistingVaultName"}


def test_the_snippet_fits_the_template_and_soca() -> None:
    (snippet,) = re.findall(r"```yaml\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    ((_, stack),) = yaml.load(snippet, _Tagged).items()  # noqa: S506 - _Tagged is a SafeLoader
    assert stack["Type"] == "AWS::CloudFormation::Stack"
    given = stack["Properties"]["Parameters"]
    required = {name for name, each in template()["Parameters"].items() if "Default" not in each}
    assert required <= set(given) <= set(template()["Parameters"])
    assert {
        argument for function, argument in given.values() if function == "GetAtt"
    } == SOCA_VALUES
    function, address = stack["Properties"]["TemplateURL"]
    assert function == "Sub"
    assert address.endswith("/${S3InstallFolder}/templates/Backup.template")
    names = set(re.findall(r"\$\{(\w+)\}", address))
    assert names | {name for function, name in given.values() if function == "Ref"} == (
        SOCA_PARAMETERS | ADDED_PARAMETERS
    )


def test_contributing_stays_short() -> None:
    assert len((ROOT / "CONTRIBUTING.md").read_text("utf-8").splitlines()) < 40
