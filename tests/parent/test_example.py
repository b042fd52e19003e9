"""The example is what its source says, lints clean, stands in the README, and deploys."""

import json
import re
from typing import Any

import pytest

from generator import lint
from generator.parent import example
from generator.paths import README
from generator.stacks import backup
from generator.stacks.render import render
from tests.local_aws.deployer import Deployer, Stack
from tests.local_aws.errors import DeploymentError
from tests.local_aws.handler import Created, Handler, Order
from tests.local_aws.handlers import HANDLERS
from tests.local_aws.local_aws import LocalAws, local_aws

BUCKET = "install"
FOLDER = "soca/2.6.1"

# What SOCA's Security stack does, as far as the Backup stack sees it.
SECURITY = {
    "Parameters": {
        name: {"Type": "String"}
        for name in (
            *("ClusterId", "VpcId", "ClientIp", "S3InstallBucket", "S3InstallFolder"),
            *("SchedulerPublicIP", "EIPNat"),
        )
    },
    "Resources": {
        f"{of}IAMRole": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "AssumeRolePolicyDocument": {
                    "Version": "2012-10-17",
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "Principal": {"Service": "ec2.amazonaws.com"},
                            "Action": "sts:AssumeRole",
                        }
                    ],
                }
            },
        }
        for of in ("Scheduler", "ComputeNode")
    },
    "Outputs": {
        f"{of}IAMRoleArn": {"Value": {"Fn::GetAtt": [f"{of}IAMRole", "Arn"]}}
        for of in ("Scheduler", "ComputeNode")
    },
}


def test_the_example_is_what_its_source_says() -> None:
    text = example.PATH.read_text("utf-8")
    assert text == render(example.template()), "run `python build.py docs`"


def test_the_example_has_no_findings() -> None:
    assert lint.findings(render(example.template())) == []


def test_the_snippet_of_the_readme_is_the_text_of_the_example() -> None:
    readme = (README).read_text("utf-8")
    (snippet,) = re.findall(r"```yaml\n(  Backup:\n.*?)```", readme, re.DOTALL)
    assert f"\n{snippet}\nOutputs:" in example.PATH.read_text("utf-8")


def _cluster_id(order: Order) -> Created:
    """Return what SOCA 2.6.1's function answers: the stack's name, shortened, in lower case."""
    prefix, name = order.take("ClusterIdPrefix"), order.take("StackName")
    name = re.sub(f"^{prefix}-?", "", name, flags=re.IGNORECASE)
    order.properties.clear()  # the network's properties: nothing here depends on them
    return Created("prerequisites", {"ClusterId": f"{prefix}-{name}".lower()})


@pytest.fixture(autouse=True)
def _custom_resource(monkeypatch: pytest.MonkeyPatch) -> None:
    handler = Handler(_cluster_id, lambda _calls, _it: {})
    monkeypatch.setitem(HANDLERS, "AWS::CloudFormation::CustomResource", handler)


def deployed(aws: LocalAws, **parameters: str) -> Stack:
    """Return a stack made from the example, with the templates where its addresses lead."""
    s3 = aws.client("s3")
    where = {} if aws.region == "us-east-1" else {"LocationConstraint": aws.region}
    if not s3.list_buckets()["Buckets"]:
        s3.create_bucket(Bucket=BUCKET, **({"CreateBucketConfiguration": where} if where else {}))
    for name, text in (
        ("Backup.template", render(backup.template())),
        ("Security.template", json.dumps(SECURITY)),
    ):
        s3.put_object(Bucket=BUCKET, Key=f"{FOLDER}/templates/{name}", Body=text.encode())
    given = {
        "S3InstallBucket": BUCKET,
        "S3InstallBucketRegion": aws.region,
        "S3InstallFolder": FOLDER,
        "PrerequisiteFunctionArn": "any",
        "VpcId": "vpc-1",
        "ClientIp": "198.51.100.0/24",
        "SchedulerPublicIP": "198.51.100.1",
        "EIPNat": "198.51.100.2",
        **parameters,
    }
    return Deployer(aws).create(render(example.template()), "SOCA-Prod", given)


def plan_names(aws: LocalAws) -> list[str]:
    plans = aws.client("backup").list_backup_plans()["BackupPlansList"]
    return [plan["BackupPlanName"] for plan in plans]


@pytest.mark.parametrize("region", ["us-east-1", "cn-north-1", "us-gov-west-1"])
def test_the_example_deploys_and_reads_the_nested_outputs(endpoint_url: str, region: str) -> None:
    with local_aws(endpoint_url, region) as aws:
        stack = deployed(aws)
        nested = stack.nested["Backup"].outputs
        assert stack.outputs == {name: nested[name] for name in example.PASSED_ON}
        assert stack.outputs["BackupTag"] == "soca:BackupPlan=soca-prod"
        vault = aws.client("backup").describe_backup_vault(BackupVaultName="Vault-soca-prod")
        assert vault["BackupVaultArn"] == stack.outputs["BackupVaultArn"]


def test_the_role_may_pass_the_roles_of_the_security_stack(aws: LocalAws) -> None:
    stack = deployed(aws)
    iam = aws.client("iam")
    passed = [
        iam.get_role_policy(RoleName=stack.outputs["BackupRoleName"], PolicyName=name)[
            "PolicyDocument"
        ]["Statement"][0]["Resource"]
        for name in ("PassSchedulerRole", "PassComputeNodeRole")
    ]
    security = stack.nested["Security"].outputs
    assert passed == [[security["SchedulerIAMRoleArn"]], [security["ComputeNodeIAMRoleArn"]]]


def test_a_cluster_that_is_deleted_leaves_vault_and_role_and_comes_back(aws: LocalAws) -> None:
    first = deployed(aws)
    aws_backup = aws.client("backup")
    aws.add_recovery_point("Vault-soca-prod")
    first.delete()
    assert plan_names(aws) == []
    assert aws.client("iam").get_role(RoleName=first.outputs["BackupRoleName"])
    assert aws_backup.describe_backup_vault(BackupVaultName="Vault-soca-prod")
    with pytest.raises(DeploymentError, match="vault with the same name already exists"):
        deployed(aws)
    again = deployed(aws, ExistingVaultName="Vault-soca-prod")
    assert again.outputs["BackupVaultArn"] == first.outputs["BackupVaultArn"]
    assert plan_names(aws) == ["Backup-soca-prod"]


def test_a_backup_stack_that_stayed_as_a_whole_would_stand_in_the_way(aws: LocalAws) -> None:
    document: dict[str, Any] = example.template().to_dict()
    first = deployed(aws)
    assert document["Resources"]["Backup"]["DeletionPolicy"] == "Delete"
    first.evaluation.existing["Backup"]["DeletionPolicy"] = "RetainExceptOnCreate"
    first.delete()
    assert plan_names(aws) == ["Backup-soca-prod"]
    with pytest.raises(DeploymentError, match="identical backup plan already exists"):
        deployed(aws, ExistingVaultName="Vault-soca-prod")
