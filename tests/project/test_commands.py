"""The commands on the pages are ones that a reader can run."""

import fnmatch
import json
import re
from pathlib import Path

import pytest

import build
from generator.deployer_policy.bounds import usual_stack_names
from generator.parent import example
from generator.paths import ROOT
from generator.stacks import MAIN, STACK_NAMES, TEMPLATES
from tests.project.pages import OPERATIONS, PAGES, in_code, shown
from tests.support.cli_lines import UNKNOWN, VARIABLE, Shell, commands
from tests.support.generated import template

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


@pytest.mark.parametrize("page", PAGES, ids=shown)
def test_no_command_hides_in_a_block_that_is_not_read(page: Path) -> None:
    fences = re.findall(r"^ *```(.*)$", page.read_text("utf-8"), re.MULTILINE)
    assert set(fences[::2]) <= {"bash", "json", "yaml", "mermaid", "text"}
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
    for line in (line for page in PAGES for line in commands(page.read_text("utf-8"))):
        typed = re.search(r"--resource-type (\w+)\b.*--metadata '(\{.*\})'", line.text, re.DOTALL)
        if typed:
            assert set(json.loads(typed[2])) <= RESTORE_METADATA[typed[1]], line
            checked.add(typed[1])
    assert checked == set(RESTORE_METADATA)


def test_every_restore_and_backup_names_the_role() -> None:
    jobs = re.compile(r"\baws backup start-(backup|restore)-job\b")
    for line in (line for page in PAGES for line in commands(page.read_text("utf-8"))):
        if jobs.search(line.text):
            assert '--iam-role-arn "$ROLE_ARN"' in line.text, line


def test_every_backup_on_demand_says_how_long_it_is_kept() -> None:
    for line in commands(OPERATIONS.read_text("utf-8")):
        if "start-backup-job" in line.text:
            days = template()["Parameters"]["RetentionDays"]["Default"]
            assert f"--lifecycle DeleteAfterDays={days}" in line.text, line


@pytest.mark.parametrize("page", PAGES, ids=shown)
def test_every_stack_of_a_template_has_the_name_of_its_cluster(page: Path) -> None:
    """The links of `publish` and the deployer's policy rely on it."""
    shell = Shell()
    for line in commands(page.read_text("utf-8")):
        shell.findings(line.text)
        words = line.text.split()
        if words[:2] == ["aws", "cloudformation"] and words[2] in {"create-stack", "deploy"}:
            typed = words[words.index("--stack-name") + 1].strip('"')
            name = VARIABLE.sub(lambda match: shell.variables[match["name"]], typed)
            [template_name] = [each for each in TEMPLATES if each in line.text] or [MAIN]
            named = STACK_NAMES[template_name].replace("<ClusterId>", shell.variables["CLUSTER_ID"])
            # The main stack knows what CloudFormation made of the logical id of a nested one.
            assert name in {named, UNKNOWN}, line


def test_the_deployer_may_create_the_stacks_that_links_and_pages_name() -> None:
    [nested] = [name for name in example.template().resources if name == "Backup"]
    assert [*STACK_NAMES] == [*TEMPLATES]
    for template_name, name in (*STACK_NAMES.items(), (MAIN, f"mycluster-{nested}-1A2B3C")):
        patterns = usual_stack_names(template_name)
        assert any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns), name


def told(what: str) -> set[str]:
    """Return the words that follow ``what`` where the pages tell a reader to run it."""
    typed = []
    for page in PAGES:
        typed += [line.text for line in commands(page.read_text("utf-8"))]
        typed += in_code(page)
    return {words[1] for text in typed for words in re.findall(rf"^({what}) ([a-z][a-z-]*)", text)}


def test_every_make_target_exists() -> None:
    targets = re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert {"templates", "test"} <= told("make") <= set(targets)


def test_every_verb_of_build_py_exists() -> None:
    verbs = told(r"python build\.py")
    assert {"check", "docs"} <= verbs
    for verb in verbs:
        assert build.main([verb, "--help"]) == build.FINE, verb
