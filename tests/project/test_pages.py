"""What people read is true of the template: its names, its defaults, its snippet."""

import re
from pathlib import Path

import pytest
import yaml

from generator import VERSION
from generator.docs.tables import COMPANION_PAGES
from generator.live.calls import CALLS
from generator.paths import ROOT
from generator.stacks import MAIN, TEMPLATES
from tests.project.pages import OPERATIONS, PAGES, README, in_code, prose, shown
from tests.support.generated import full_role, template, text

# Names in `code` that are not the template's own, and whose they are.
ELSEWHERE = {
    "CloudFormation": {
        "Conditions",
        "DeletionPolicy",
        "Resources",
        "Retain",
        "RetainExceptOnCreate",
        "RoleName",
        "TemplateURL",
        "WarmUpConfiguration",
    },
    "SOCA 2.6.1, its templates": {
        *("Configuration", "EFSApps", "EFSAppsDns", "EFSData", "EFSDataDns", "S3InstallBucket"),
        *("ComputeNodeInstanceProfileArn", "SchedulerIAMInstanceProfileArn", "Storage"),
        *("SOCABackupRestoreIamRole", "SOCABackupRole", "SocaBackupIamRole"),
    },
    "the snippet of the README": {"Backup", "S3InstallBucketRegion"},
    "the template of 1.1.0": {
        *("SOCABackupSilenceAnyJob", "SOCABackupSilenceEC2", "SOCABackupSilenceEFS"),
        *("SOCACopyJobAlert", "SOCARestoreJobAlert"),
    },
    "the plan and its selection": {"SOCADailyBackup", "ListOfTags"},
    "AWS's managed policies, and the role names they ask for": {
        *("AWSBackup", "AWSBackupFullAccess", "AWSBackupOperatorAccess", "AwsBackup"),
        "AWSServiceRoleForBackup",
    },
    "jobs and recovery points": {
        *("CreatedResourceArn", "MoveToColdStorageAfterDays", "ResourceArn"),
    },
    "tags, events, states and errors of AWS": {
        *("AccessDeniedException", "LockDate", "Name", "PendingConfirmation"),
        "ProcessBackupPlanSelection",
    },
    "metadata of a restore": {
        *("CreationToken", "IamInstanceProfileName", "InstanceType", "KmsKeyId"),
        *("CpuOptions", "ItemsToRestore", "NetworkInterfaces", "Placement"),
    },
    "stack sets": {
        *("AWSCloudFormationStackSetAdministrationRole", "AWSCloudFormationStackSetExecutionRole"),
        *("Accounts", "StackId"),
    },
}


@pytest.mark.parametrize("page", PAGES, ids=shown)
def test_every_name_in_code_style_exists(page: Path) -> None:
    known = set().union(*ELSEWHERE.values(), full_role())
    known |= {call.operation for call in CALLS.values()}
    for name in TEMPLATES:
        known |= set(re.findall(r"\bSid: (\w+)", text(name)))
        for section in ("Parameters", "Outputs", "Resources"):
            known |= set(template(name)[section])
    names = {word for word in in_code(page) if re.fullmatch(r"[A-Z]\w*[a-z]\w*", word)}
    assert sorted(names - known) == []


def test_the_names_of_others_are_all_used() -> None:
    text = "\n".join(prose(page) for page in PAGES)
    assert [name for names in ELSEWHERE.values() for name in names if f"`{name}`" not in text] == []


def test_every_default_in_the_text_is_the_templates() -> None:
    stated = [
        (page, *pair)
        for page in PAGES
        for pair in re.findall(r"`(\w+)` \(default\s+`([^`]*)`\)", prose(page))
    ]
    assert {"BackupSchedule", "TestSchedule"} <= {name for _, name, _ in stated}
    for page, name, default in stated:
        [of] = [name for name, its in COMPANION_PAGES.items() if its == page] or [MAIN]
        assert str(template(of)["Parameters"][name]["Default"]) == default, name


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


def test_the_changelog_has_the_version() -> None:
    assert f"\n## {VERSION}\n" in (ROOT / "CHANGELOG.md").read_text("utf-8")


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
