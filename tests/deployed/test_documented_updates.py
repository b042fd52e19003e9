"""Every update of a stack on the pages keeps the parameters and the tags that it does not name.

The AWS CLI itself runs each block, on a stack in which every parameter differs from its default.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from generator.cloudformation.read import parse
from generator.stacks import MAIN, STACK_NAMES, TEMPLATES
from tests.local_aws.errors import RefusedError
from tests.local_aws.evaluation import accepted, resolve
from tests.local_aws.stacks import Stack, Stacks, stacks_without_resources
from tests.project.pages import PAGES, shown
from tests.support.cli_lines import blocks
from tests.support.generated import template, text
from tests.support.parameter_values import CLUSTER, COMPANIONS, ON, VALUES
from tests.support.shell import MAIN_STACK, SHELLS, STACK, run

UPDATE = re.compile(r"\baws cloudformation (deploy|update-stack|create-change-set)(?!-)\b")
CREATION = re.compile(r"\baws cloudformation (create-stack |deploy\b)")
OVERRIDES = re.compile(r"--parameter-overrides\s((?:(?!--)[^\n]|\\\n)*)")
BLOCKS = [
    pytest.param("\n".join(lines), id=f"{shown(page)}:{number}")
    for page in PAGES
    if page.name != "proof.md"  # its stack exists for the tests alone, and has nothing to keep
    for number, lines in blocks(page.read_text("utf-8"))
]
UPDATES = [block for block in BLOCKS if UPDATE.search(str(block.values[0]))]
CREATIONS = [
    block
    for block in BLOCKS
    if CREATION.search(str(block.values[0]))
    and "templates/" in str(block.values[0])
    # Nothing answers for the bucket of a TemplateURL.
    and "--template-url" not in str(block.values[0])
]
TAGS = {"cost centre": "a, b = c", "owner": "hpc"}


def changed(name: str, parameter: Mapping[str, Any]) -> str:
    """Return a value of the parameter that is not its default."""
    values = {**VALUES, **COMPANIONS}[name]
    default = str(parameter.get("Default"))
    return next(value for value in (values.on, *values.good) if value != default)


@cache
def everything(of: str = MAIN) -> Stack:
    """Return a stack in which nothing has its default."""
    parameters = template(of)["Parameters"]
    return Stack(text(of), {name: changed(name, one) for name, one in parameters.items()}, TAGS)


def cluster() -> dict[str, Stack]:
    """Return the stacks that a cluster may have, by name, and the one that nests its first."""
    named = {name.replace("<ClusterId>", CLUSTER): of for of, name in STACK_NAMES.items()}
    return {MAIN_STACK: everything()} | {name: everything(of) for name, of in named.items()}


@cache
def plain() -> Stack:
    """Return a stack in which everything has its default."""
    return Stack(text(), accepted(parse("Backup.template", text()), {"ClusterId": CLUSTER}))


Update = Callable[..., dict[str, Stack]]


@pytest.fixture
def update(endpoint_url: str, tmp_path: Path) -> Iterator[Update]:
    """Give what runs a block, and the change sets that it leaves, and returns the stacks."""
    with stacks_without_resources() as local:

        def updated(block: str, before: dict[str, Stack], shell: str = "bash") -> dict[str, Stack]:
            local.stacks = {**before}
            run(block, shell, endpoint_url, tmp_path)
            for arn in [*local.change_sets]:
                local.execute_change_set({"ChangeSetName": arn})
            for overrides in OVERRIDES.findall(block):
                # The CLI leaves out what the template does not have, and says nothing.
                assert set(re.findall(r"\b(\w+)=", overrides)) <= local.named
            for name, old in before.items():
                new = local.stacks[name]
                lost = {key for key in old.parameters if new.parameters[key] != old.parameters[key]}
                assert lost <= local.named, "fell back to their defaults"
                assert new.tags == old.tags
            assert {*local.stacks} <= {*cluster()}
            return local.stacks

        yield updated


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("block", UPDATES)
def test_a_documented_update_keeps_what_it_does_not_name(
    update: Update, block: str, shell: str
) -> None:
    update(block, cluster(), shell)


@pytest.mark.parametrize("block", CREATIONS)
def test_a_documented_creation_creates_the_stack_of_its_template(
    update: Update, block: str
) -> None:
    [(name, stack)] = update(block, {}).items()
    [of] = [of for of in TEMPLATES if f"templates/{of}" in block]
    assert name == STACK_NAMES[of].replace("<ClusterId>", CLUSTER)
    assert stack.template == text(of)
    # Refused, if a rule says so.
    assert resolve(template(of), stack.parameters).parameters["ClusterId"] == CLUSTER


@pytest.mark.parametrize("arns", ["", f"{ON['EFSFileSystemArns']},{ON['EFSFileSystemArns']}1"])
def test_none_or_several_file_systems_can_be_typed(update: Update, arns: str) -> None:
    [block] = {str(each.values[0]) for each in CREATIONS if "EFS_ARN" in str(each.values[0])}
    [stack] = update(re.sub("EFS_ARN=.*", f"EFS_ARN={arns}", block, count=1), {}).values()
    assert stack.parameters["EFSFileSystemArns"] == arns


@pytest.mark.parametrize("block", [block for block in CREATIONS if block in UPDATES])
def test_it_stops_where_it_cannot_read_the_tags(
    endpoint_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: str
) -> None:
    answers = [RefusedError("Rate exceeded")]  # once: the deployment itself could go on
    describe = Stacks.describe_stacks

    def described(local: Stacks, request: dict[str, Any]) -> dict[str, Any]:
        if answers:
            raise answers.pop()
        return describe(local, request)

    monkeypatch.setattr(Stacks, "describe_stacks", described)
    with stacks_without_resources() as local:
        local.stacks = {STACK: everything()}
        with pytest.raises(AssertionError, match="Rate exceeded"):
            run(block, "bash", endpoint_url, tmp_path)
        assert not local.change_sets
        assert local.stacks == {STACK: everything()}


def test_there_are_updates_to_run() -> None:
    assert len(UPDATES) > 2
    created = "\n".join(str(block.values[0]) for block in CREATIONS)
    assert [of for of in TEMPLATES if f"templates/{of}" not in created] == []


IAM = "--capabilities CAPABILITY_IAM "
OVERRIDE = '--parameter-overrides "NotificationEmail=new@example.com"'
DEPLOY = (
    'aws cloudformation deploy --stack-name "$STACK" --template-file templates/Backup.template '
    f"--no-fail-on-empty-changeset {IAM}{OVERRIDE}"
)
UPDATE_STACK = (
    f'aws cloudformation update-stack --stack-name "$STACK" --use-previous-template {IAM}'
    "--parameters ParameterKey=ClusterId,UsePreviousValue=true "
    "ParameterKey=NotificationEmail,ParameterValue=new@example.com"
)


@pytest.mark.parametrize(
    ("block", "email"),
    [
        pytest.param(f"{DEPLOY} --no-execute-changeset", "new@example.com", id="looked-at-first"),
        pytest.param(DEPLOY.replace(OVERRIDE, "--tags '[]'"), "", id="without-a-change"),
    ],
)
def test_an_update_of_a_plain_stack_passes(update: Update, block: str, email: str) -> None:
    assert update(block, {STACK: plain()})[STACK].parameters["NotificationEmail"] == email


@pytest.mark.parametrize(
    ("block", "fault"),
    [
        pytest.param(DEPLOY, "owner", id="tags-go"),
        pytest.param(DEPLOY.replace("Email=", "EMail="), "NotificationEMail", id="misspelt"),
        pytest.param(DEPLOY.replace(IAM, ""), "Requires capabilities", id="not-acknowledged"),
        pytest.param(UPDATE_STACK, "fell back to their defaults", id="update-stack"),
    ],
)
def test_an_update_that_loses_something_fails(update: Update, block: str, fault: str) -> None:
    with pytest.raises(AssertionError, match=fault):
        update(block, {STACK: everything()})
