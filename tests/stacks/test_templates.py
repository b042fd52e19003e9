"""Each template as a whole: what the console shows, what CloudFormation takes, what survives."""

import re

import pytest

from generator import VERSION
from generator.stacks import MAIN, TEMPLATES
from tests.support.generated import COPIES, TESTS, all_on, of_type, resolved, template, text

GROUPS = {
    MAIN: [
        "Cluster", "Schedule and retention", "Alerts", "Vault", "Restore role",
        "Protected resources", "Copies",
    ],
    COPIES: ["Cluster", "Source of the copies", "Alerts", "Vault", "Restore role"],
    TESTS: ["Cluster", "Backup stack", "Schedule", "What is restored"],
}  # fmt: skip
STAYS = {
    MAIN: {"SOCABackupVault", "SOCABackupVaultKey", "SOCAAWSBackupRole"},
    # Its role does not end the life of recovery points: AWS Backup has one of its own for that.
    COPIES: {"SOCABackupVault", "SOCABackupVaultKey"},
    TESTS: set(),
}

EVERY_TEMPLATE = pytest.mark.parametrize("of", TEMPLATES)


@EVERY_TEMPLATE
def test_the_description_is_socas(of: str) -> None:
    """Its length is limited, in bytes.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-description-structure.html
    """
    description = template(of)["Description"]
    assert description.startswith("(SO0072) - Scale-Out Computing on AWS: ")
    assert description.endswith(f"Template version {VERSION}")
    assert len(description.encode()) <= 1024


@EVERY_TEMPLATE
def test_the_console_shows_the_groups_in_this_order_and_every_parameter_in_one(of: str) -> None:
    groups = template(of)["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    assert [group["Label"]["default"] for group in groups] == GROUPS[of]
    shown = [name for group in groups for name in group["Parameters"]]
    assert shown == list(template(of)["Parameters"])


@pytest.mark.parametrize(
    ("of", "name"), [(of, name) for of in TEMPLATES for name in template(of)["Parameters"]]
)
def test_a_parameter_says_what_it_is_and_what_to_type(of: str, name: str) -> None:
    parameter = template(of)["Parameters"][name]
    labels = template(of)["Metadata"]["AWS::CloudFormation::Interface"]["ParameterLabels"]
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


@EVERY_TEMPLATE
def test_numbers_name_their_unit_last(of: str) -> None:
    numbers = [name for name, one in template(of)["Parameters"].items() if one["Type"] == "Number"]
    assert numbers
    for name in numbers:
        assert re.search("(Minutes|Hours|Days)$", name), name


@EVERY_TEMPLATE
def test_no_mapping_depends_on_the_partition(of: str) -> None:
    """A partition that a mapping lacks could not deploy at all."""
    for name, rows in template(of).get("Mappings", {}).items():
        parameter = template(of)["Parameters"][name.removesuffix("Days")]
        assert set(rows) == set(parameter["AllowedValues"])


@EVERY_TEMPLATE
def test_no_parameter_mapping_or_resource_has_the_name_of_another(of: str) -> None:
    """CloudFormation: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html."""
    parts = ("Parameters", "Mappings", "Resources")
    names = [name for part in parts for name in template(of).get(part, {})]
    assert [name for name in names if names.count(name) > 1] == []


@EVERY_TEMPLATE
def test_what_happens_to_a_resource_is_a_literal(of: str) -> None:
    """A function in DeletionPolicy lints clean without a transform, and fails at the deployment."""
    for resource in template(of)["Resources"].values():
        for attribute in ("DeletionPolicy", "UpdateReplacePolicy"):
            assert isinstance(resource.get(attribute, ""), str)


@EVERY_TEMPLATE
def test_a_stack_set_of_aws_takes_the_template(of: str) -> None:
    """Nested stacks, transforms and macros need an execution role other than AWS's.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-prereqs.html
    """
    assert "Fn::Transform" not in str(template(of))
    assert "CloudFormation::" not in str(template(of)["Resources"])


@EVERY_TEMPLATE
def test_vault_key_and_role_stay_and_everything_else_goes(of: str) -> None:
    for name, resource in template(of)["Resources"].items():
        policies = (resource.get("DeletionPolicy"), resource.get("UpdateReplacePolicy"))
        stays = name in STAYS[of]
        assert policies == (("RetainExceptOnCreate", "Retain") if stays else (None, None)), name


@EVERY_TEMPLATE
def test_there_is_room_for_what_comes_next(of: str) -> None:
    """Lint's limit is for a fix in a hurry; a change that has time stays 500 bytes below it."""
    assert len(text(of).encode()) <= 49_000


@EVERY_TEMPLATE
def test_no_account_and_no_region_is_spelled_out(of: str) -> None:
    body = text(of)[text(of).index("\nConditions:") :]
    assert not re.search(r"\d{12}", body)
    assert not re.search(r"\b[a-z]{2}(-[a-z]+)+-\d\b", body)


NAMES = {"BackupVaultName", "BackupPlanName", "RuleName", "SelectionName"}


@pytest.mark.parametrize("of", [MAIN, COPIES])
def test_names_have_the_length_that_aws_takes(of: str) -> None:
    """Vaults and plans take 50 characters of [a-zA-Z0-9_-]; so do selections and rules."""
    made = resolved(of=of, **{**all_on(of), "ClusterId": "x" * 43})
    names = [*_named(made.resources)]
    for name in names:
        assert re.fullmatch("[a-zA-Z0-9_-]{1,50}", name)
    assert max(map(len, names)) == 50
    [topic] = of_type(made, "AWS::SNS::Topic").values()
    assert len(topic["DisplayName"]) <= 100


def _named(node: object) -> list[str]:
    """Return every name that is given to something of AWS Backup."""
    if isinstance(node, list):
        return [name for each in node for name in _named(each)]
    if not isinstance(node, dict):
        return []
    given = [value for key, value in node.items() if key in NAMES]
    return given + [name for each in node.values() for name in _named(each)]
