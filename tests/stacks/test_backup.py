"""The template as a whole: what the console shows, what CloudFormation takes, what survives."""

import re

import pytest

from generator import VERSION
from tests.support.generated import resolved, template, text
from tests.support.parameter_values import everything

GROUPS = [
    "Cluster", "Schedule and retention", "Alerts", "Vault", "Restore role", "Protected resources",
    "Copies",
]  # fmt: skip


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


def test_no_mapping_depends_on_the_partition() -> None:
    """A partition that a mapping lacks could not deploy at all."""
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


def test_there_is_room_for_what_comes_next() -> None:
    """Lint's limit is for a fix in a hurry; a change that has time stays 500 bytes below it."""
    assert len(text().encode()) <= 49_000


def test_no_account_and_no_region_is_spelled_out() -> None:
    body = text()[text().index("\nConditions:") :]
    assert not re.search(r"\d{12}", body)
    assert not re.search(r"\b[a-z]{2}(-[a-z]+)+-\d\b", body)


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
