"""The template as a whole: what the console shows, what a parent reads, what survives."""

import re
from typing import Any

import pytest

from generator import VERSION
from tests.support.generated import resolved, template, text
from tests.support.parameter_values import ACCOUNT, CLUSTER, ON, REGIONS, everything, on

ADOPTED = {"ExistingVaultName": "Vault-of-old"}

CONFIGURATIONS = [
    pytest.param({}, id="defaults"),
    pytest.param(ADOPTED, id="adopted-vault"),
    pytest.param(everything(), id="everything"),
]

GROUPS = [
    "Cluster", "Schedule and retention", "Alerts", "Vault", "Restore role", "Protected resources",
    "Copies",
]  # fmt: skip


def _sub_mappings(node: Any) -> list[dict[str, Any]]:
    if isinstance(node, list):
        return [found for item in node for found in _sub_mappings(item)]
    if not isinstance(node, dict):
        return []
    return [node, *(found for item in node.values() for found in _sub_mappings(item))]


# What people see.


def test_the_description_is_socas() -> None:
    """Its length is limited, in bytes.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-description-structure.html
    """
    description = template()["Description"]
    assert description.startswith("(SO0072) - Scale-Out Computing on AWS: ")
    assert description.endswith(f"Template version {VERSION}")
    assert len(description.encode()) <= 1024


def test_the_console_shows_the_groups_in_this_order_and_every_parameter_in_one() -> None:
    groups = template()["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    assert [group["Label"]["default"] for group in groups] == GROUPS
    shown = [name for group in groups for name in group["Parameters"]]
    assert shown == list(template()["Parameters"])


@pytest.mark.parametrize("name", list(template()["Parameters"]))
def test_a_parameter_says_what_it_is_and_what_to_type(name: str) -> None:
    parameter = template()["Parameters"][name]
    labels = template()["Metadata"]["AWS::CloudFormation::Interface"]["ParameterLabels"]
    assert labels[name]["default"].strip()
    description, hint = parameter["Description"], parameter.get("ConstraintDescription", "")
    assert 20 <= len(description) <= 4000
    for value in parameter.get("AllowedValues", []):
        assert str(value) in description
    # Of values to choose from, CloudFormation names them all by itself.
    assert ("type" in hint.lower()) != ("AllowedValues" in parameter)
    if parameter.get("Default") == "":
        assert "empty: " in description.lower()
        assert "leave empty" in hint.lower()
    for bound in ("MinValue", "MaxValue", "MinLength", "MaxLength"):
        if bound in parameter:
            assert str(parameter[bound]) in description
            assert str(parameter[bound]) in hint or bound == "MinLength"


def test_numbers_name_their_unit_last() -> None:
    numbers = [n for n, one in template()["Parameters"].items() if one["Type"] == "Number"]
    assert numbers
    for name in numbers:
        assert re.search("(Minutes|Hours|Days)$", name), name


# What CloudFormation takes everywhere.


def test_it_needs_no_capability_but_iam() -> None:
    """A transform would need CAPABILITY_AUTO_EXPAND of the whole installation; a name NAMED_IAM."""
    assert "Transform" not in template()
    assert "Fn::Transform" not in text()
    assert "RoleName" not in template()["Resources"]["SOCAAWSBackupRole"]["Properties"]


def test_there_is_no_custom_resource_and_no_function() -> None:
    kinds = [resource["Type"] for resource in template()["Resources"].values()]
    assert [kind for kind in kinds if "Custom" in kind or "Lambda" in kind] == []


def test_no_mapping_depends_on_the_partition() -> None:
    """A partition that a mapping lacks could not deploy at all."""
    assert set(template()["Mappings"]) == {"WeeklyRetentionDays", "MonthlyRetentionDays"}
    for name, rows in template()["Mappings"].items():
        parameter = template()["Parameters"][name.removesuffix("Days")]
        assert set(rows) == set(parameter["AllowedValues"])


def test_no_parameter_mapping_or_resource_has_the_name_of_another() -> None:
    """CloudFormation: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html."""
    names = [name for part in ("Parameters", "Mappings", "Resources") for name in template()[part]]
    assert [name for name in names if names.count(name) > 1] == []


@pytest.mark.parametrize("name", list(template()["Resources"]))
def test_what_happens_to_a_resource_is_a_literal(name: str) -> None:
    """A function in DeletionPolicy lints clean without a transform, and fails at the deployment."""
    resource = template()["Resources"][name]
    for attribute in ("DeletionPolicy", "UpdateReplacePolicy"):
        assert isinstance(resource.get(attribute, ""), str)


def test_vault_key_and_role_stay_and_everything_else_goes() -> None:
    for name, resource in template()["Resources"].items():
        policies = (resource.get("DeletionPolicy"), resource.get("UpdateReplacePolicy"))
        stays = name in {"SOCABackupVault", "SOCABackupVaultKey", "SOCAAWSBackupRole"}
        assert policies == (("RetainExceptOnCreate", "Retain") if stays else (None, None)), name


def test_what_every_stack_has_depends_on_no_condition() -> None:
    conditions = {name: one.get("Condition") for name, one in template()["Resources"].items()}
    core = {"SOCABackupPlan", "SOCABackupSelection", "SOCAAWSBackupRole"}
    assert {name for name, condition in conditions.items() if not condition} == core
    assert conditions["SOCABackupVault"] == "CreatesVault"
    assert "SOCABackupVault" in resolved().resources
    assert "SOCABackupVault" not in resolved(**ADOPTED).resources


def test_no_account_and_no_region_is_spelled_out() -> None:
    body = text()[text().index("\nConditions:") :]
    assert not re.search(r"\d{12}", body)
    assert not re.search(r"\b[a-z]{2}(-[a-z]+)+-\d\b", body)


TAGS = {
    "AWS::Backup::BackupVault": "BackupVaultTags",
    "AWS::Backup::BackupPlan": "BackupPlanTags",
    "AWS::IAM::Role": "Tags",
    "AWS::KMS::Key": "Tags",
    "AWS::SNS::Topic": "Tags",
    "AWS::Events::Rule": "Tags",
    "AWS::CloudWatch::Alarm": "Tags",
    "AWS::KMS::Alias": None,
    "AWS::SNS::TopicPolicy": None,
    "AWS::SNS::Subscription": None,
    "AWS::Backup::BackupSelection": None,  # AWS has no tags for it
}


@pytest.mark.parametrize("given", CONFIGURATIONS)
def test_every_resource_that_takes_tags_carries_the_cluster(given: dict[str, str]) -> None:
    made = resolved(**given)
    names = {
        "AWS::Backup::BackupVault": f"Vault-{CLUSTER}",
        "AWS::Backup::BackupPlan": f"Backup-{CLUSTER}",
        "AWS::IAM::Role": f"SOCA-Backup-{CLUSTER}",
        "AWS::KMS::Key": f"{CLUSTER}-backup",
        "AWS::SNS::Topic": f"{CLUSTER}-backup-alerts",
    }
    for logical_id, kind in made.types.items():
        where = TAGS[kind]  # a new type: say how it is tagged
        if where is None:
            continue
        tags = made.resources[logical_id][where]
        if isinstance(tags, list):
            tags = {tag["Key"]: tag["Value"] for tag in tags}
        # What is made several times over has no name of its own.
        name = {"Name": names[kind]} if kind in names else {}
        assert tags == {**name, "soca:ClusterId": CLUSTER}


# Conditions

TOGETHER: dict[str, dict[str, str]] = {
    "LocksVault": {"VaultLock": "governance"},
    "LocksForCompliance": on("VaultLock", "VaultLockConfirmation"),
    "HasEmail": on("NotificationEmail"),
    "HasTopic": on("NotificationTopicArn"),
    "Alerts": on("NotificationTopicArn"),
    "CreatesTopic": on("NotificationEmail"),
    "WatchesEFS": {**on("NotificationTopicArn"), "SilenceAlarmFor": "EFS"},
    "WatchesEC2": {**on("NotificationTopicArn"), "SilenceAlarmFor": "EC2"},
    "WatchesAnyJob": {**on("NotificationTopicArn"), "SilenceAlarmFor": "any-job"},
}
"""Condition -> parameters that switch it on, with others; the protections' tests say which."""


@pytest.mark.parametrize(("condition", "given"), TOGETHER.items())
def test_a_condition_of_several_parameters_is_switched_on(
    condition: str, given: dict[str, str]
) -> None:
    assert resolved(**given).conditions[condition] is True


def test_every_other_condition_is_switched_by_a_parameter_alone() -> None:
    """A condition that depends on more than one parameter stands in ``TOGETHER``."""
    before, alone = resolved().conditions, set()
    for name in ON:
        after = resolved(**{**on("VaultLockConfirmation"), **on(name)}).conditions
        switched = {each for each in before if before[each] != after[each]}
        alone |= switched if len(switched) == 1 else set()
    assert set(before) - set(TOGETHER) - alone == {"IsChina", "IsGovCloud"}


def test_no_condition_holds_by_default_but_that_the_vault_is_created() -> None:
    assert [name for name, holds in resolved().conditions.items() if holds] == ["CreatesVault"]


@pytest.mark.parametrize(
    ("partition", "name"), [("aws-cn", "IsChina"), ("aws-us-gov", "IsGovCloud")]
)
def test_a_partition_is_known_by_its_condition(partition: str, name: str) -> None:
    assert {one for one in REGIONS if resolved(REGIONS[one]).conditions[name]} == {partition}


# Outputs

OUTPUTS = [
    "BackupVaultName", "BackupVaultArn", "VaultManagedByStack", "VaultKmsKeyArn", "VaultLockMode",
    "VaultConsoleUrl", "BackupPlanId", "BackupPlanArn", "BackupSelectionId", "BackupTag",
    "PlanConsoleUrl", "JobsConsoleUrl", "BackupRoleName", "BackupRoleArn", "AlertTopicArn",
    "TemplateVersion",
]  # fmt: skip


def test_every_output_is_described_and_none_has_a_condition_or_an_export() -> None:
    assert list(template()["Outputs"]) == OUTPUTS
    for output in template()["Outputs"].values():
        assert set(output) == {"Description", "Value"}
        assert output["Description"].strip()


@pytest.mark.parametrize("given", CONFIGURATIONS)
def test_a_parent_can_read_every_output(given: dict[str, str]) -> None:
    outputs = resolved(**given).outputs
    assert list(outputs) == OUTPUTS
    assert all(outputs.values())


def test_the_outputs_of_a_new_vault() -> None:
    outputs = resolved().outputs
    assert outputs["BackupVaultName"] == "<SOCABackupVault>"
    assert outputs["BackupVaultArn"] == "<SOCABackupVault.BackupVaultArn>"
    assert outputs["BackupPlanId"] == "<SOCABackupPlan>"
    assert outputs["BackupPlanArn"] == "<SOCABackupPlan.BackupPlanArn>"
    assert outputs["BackupSelectionId"] == "<SOCABackupSelection.SelectionId>"
    assert outputs["BackupRoleName"] == "<SOCAAWSBackupRole>"
    assert outputs["BackupRoleArn"] == "<SOCAAWSBackupRole.Arn>"
    assert outputs["TemplateVersion"] == VERSION


@pytest.mark.parametrize("partition", REGIONS)
def test_the_outputs_of_an_adopted_vault(partition: str) -> None:
    region = REGIONS[partition]
    outputs = resolved(region, **ADOPTED).outputs
    assert outputs["BackupVaultName"] == "Vault-of-old"
    assert outputs["BackupVaultArn"] == (
        f"arn:{partition}:backup:{region}:{ACCOUNT}:backup-vault:Vault-of-old"
    )
    assert outputs["VaultConsoleUrl"].endswith("#/backupvaults/details/Vault-of-old")


def test_the_tag_output_is_what_to_put_on_a_resource() -> None:
    assert resolved().outputs["BackupTag"] == f"soca:BackupPlan={CLUSTER}"
    given = {"ClusterId": "Prod", "BackupTagKey": "edh:BackupPlan"}
    assert resolved(**given).outputs["BackupTag"] == "edh:BackupPlan=Prod"


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("us-east-1", "console.aws.amazon.com"),
        ("eu-central-1", "console.aws.amazon.com"),
        ("cn-north-1", "console.amazonaws.cn"),
        ("us-gov-west-1", "console.amazonaws-us-gov.com"),
        # Their hosts are not published; what counts is that the stack deploys.
        ("us-iso-east-1", "console.aws.amazon.com"),
        ("us-isob-east-1", "console.aws.amazon.com"),
        ("eusc-de-east-1", "console.aws.amazon.com"),
    ],
)
def test_the_console_has_its_host_in_every_partition(region: str, host: str) -> None:
    outputs = resolved(region).outputs
    start = f"https://{region}.{host}/backup/home?region={region}#"
    assert outputs["VaultConsoleUrl"] == f"{start}/backupvaults/details/<SOCABackupVault>"
    assert outputs["PlanConsoleUrl"] == f"{start}/backupplan/details/<SOCABackupPlan>"
    assert outputs["JobsConsoleUrl"] == f"{start}/jobs"


def test_names_have_the_length_that_aws_takes() -> None:
    """Vaults and plans take 50 characters of [a-zA-Z0-9_-]; so do selections and rules."""
    made = resolved(**{**everything(), "ClusterId": "x" * 43}).resources
    plan = made["SOCABackupPlan"]["BackupPlan"]
    names = [
        made["SOCABackupVault"]["BackupVaultName"],
        plan["BackupPlanName"],
        *(rule["RuleName"] for rule in plan["BackupPlanRule"]),
        *(
            properties["BackupSelection"]["SelectionName"]
            for properties in made.values()
            if "BackupSelection" in properties
        ),
    ]
    assert len(made["SOCABackupAlertsTopic"]["DisplayName"]) <= 100
    for name in names:
        assert re.fullmatch("[a-zA-Z0-9_-]{1,50}", name)
    assert max(map(len, names)) == 50
