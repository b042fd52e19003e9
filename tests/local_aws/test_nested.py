"""A nested stack is fetched, created and deleted with its parent."""

import json
from typing import Any

import pytest

from tests.local_aws.deployer import Deployer, Stack, fetch_template
from tests.local_aws.errors import DeploymentError
from tests.local_aws.local_aws import LocalAws
from tests.local_aws.samples import (
    BACKUP,
    BROKEN,
    VAULT,
    plans,
    roles,
    vaults,
    with_resources,
)


def nested(aws: LocalAws, child: str, **parent: Any) -> Stack:
    aws.client("s3").create_bucket(Bucket="install")
    aws.client("s3").put_object(Bucket="install", Key="soca/Backup.template", Body=child.encode())
    template = {
        "Parameters": {"Days": {"Type": "Number", "Default": 9}},
        "Resources": {
            "Backup": {
                "Type": "AWS::CloudFormation::Stack",
                "Properties": {
                    "TemplateURL": {
                        "Fn::Sub": "https://s3.${AWS::URLSuffix}/install/soca/Backup.template"
                    },
                    "Parameters": {"Days": {"Ref": "Days"}, **parent.get("parameters", {})},
                },
            },
            **parent.get("resources", {}),
        },
        "Outputs": {
            "Vault": {"Value": {"Fn::GetAtt": ["Backup", parent.get("get", "Outputs.VaultArn")]}},
            "Days": {"Value": {"Fn::GetAtt": "Backup.Outputs.Days"}},
        },
    }
    rules = parent.get("evaluate_nested_rules", True)
    return Deployer(aws).create(json.dumps(template), "soca", evaluate_nested_rules=rules)


def test_a_parent_reads_its_nested_stacks_outputs(aws: LocalAws) -> None:
    stack = nested(aws, with_resources())
    assert stack.outputs["Vault"] == stack.nested["Backup"].outputs["VaultArn"]
    assert stack.outputs["Days"] == "9"
    assert stack.nested["Backup"].name.startswith("soca-Backup-")
    assert stack.resources["Backup"].startswith("arn:aws:cloudformation:us-east-1:")
    assert vaults(aws) == ["Vault-x"]


def test_deleting_a_parent_deletes_what_its_nested_stack_does_not_retain(aws: LocalAws) -> None:
    nested(aws, with_resources()).delete()
    assert (vaults(aws), len(roles(aws)), plans(aws)) == (["Vault-x"], 1, [])


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"get": "Outputs.Nothing"}, "no attribute Outputs.Nothing"),
        ({"parameters": {"Other": "x"}}, "Other"),
        ({"parameters": {"Days": ["1", "2"]}}, "not a string"),
        ({"parameters": {"Days": "many"}}, "not a number"),
        ({"resources": {"Vault": {**VAULT, "DependsOn": "Backup"}}}, "AlreadyExists"),
    ],
)
def test_a_parent_fails_with_its_nested_stack(aws: LocalAws, change: Any, why: str) -> None:
    with pytest.raises(DeploymentError, match=why):
        nested(aws, with_resources(), **change)
    assert plans(aws) == []


def test_a_parents_rollback_deletes_its_nested_stack_and_keeps_what_that_retains(
    aws: LocalAws,
) -> None:
    with pytest.raises(DeploymentError, match="no attribute"):
        nested(aws, with_resources(), get="Outputs.Nothing")
    assert (vaults(aws), len(roles(aws)), plans(aws)) == (["Vault-x"], 1, [])


def test_a_failed_nested_creation_leaves_nothing(aws: LocalAws) -> None:
    with pytest.raises(DeploymentError, match="soca: CREATE_FAILED: Backup: soca-Backup-"):
        nested(aws, with_resources(Selection={**BROKEN, "DependsOn": ["Vault", "Role"]}))
    assert (vaults(aws), roles(aws)) == ([], [])


def test_rules_of_a_nested_stack_can_be_switched_off(aws: LocalAws) -> None:
    rule = {"Never": {"Assertions": [{"Assert": {"Fn::Equals": ["a", "b"]}}]}}
    child = json.dumps({**BACKUP, "Rules": rule})
    nested(aws, child, evaluate_nested_rules=False)
    with pytest.raises(DeploymentError, match="Rule Never"):
        nested(aws, child)


@pytest.mark.parametrize(
    "url",
    [
        "https://install.s3.us-east-1.amazonaws.com/a/b.template",
        "https://install.s3.amazonaws.com/a/b.template",
        "https://s3.us-east-1.amazonaws.com/install/a/b.template",
        "https://s3.amazonaws.com/install/a/b.template",
        "https://s3-us-east-1.amazonaws.com/install/a/b.template",
        "https://install.s3.cn-north-1.amazonaws.com.cn/a/b.template",
    ],
)
def test_a_template_url_has_one_of_awss_forms(aws: LocalAws, url: str) -> None:
    aws.client("s3").create_bucket(Bucket="install")
    aws.client("s3").put_object(Bucket="install", Key="a/b.template", Body=b"text")
    assert fetch_template(aws, url) == "text"


@pytest.mark.parametrize(
    "url",
    [
        "http://install.s3.us-east-1.amazonaws.com/a",
        "https://install.s3-website-us-east-1.amazonaws.com/a",
        "https://example.com/install/a",
        "https://s3.amazonaws.com/install",
        "https://install.s3.us-east-1.amazonaws.com/missing",
        "https://install.s3.us-east-1.amazonaws.com/" + "a" * 1024,
        "s3://install/a",
    ],
)
def test_another_template_url_fails(aws: LocalAws, url: str) -> None:
    aws.client("s3").create_bucket(Bucket="install")
    with pytest.raises(DeploymentError):
        fetch_template(aws, url)
