"""Restore tests beside a cluster's backup: what they restore, with what, and how they end."""

import json
from ipaddress import ip_network
from typing import Any

import pytest

from tests.deployed.support import create, what_is_there
from tests.local_aws.deployer import Stack
from tests.local_aws.errors import DeploymentError
from tests.local_aws.local_aws import ACCOUNT, LocalAws
from tests.support.combinations import switches
from tests.support.generated import TESTS
from tests.support.parameter_values import ON

LOOPBACK = [ip_network("127.0.0.0/8"), ip_network("::1/128")]


@pytest.fixture
def backup(aws: LocalAws) -> Stack:
    """Give the stack of the cluster's backup."""
    return create(aws)


def beside(aws: LocalAws, backup: Stack, **given: str) -> Stack:
    """Return a stack of restore tests that reads the outputs of the other."""
    fed = {name: backup.outputs[name] for name in ("BackupVaultArn", "BackupRoleArn")}
    return create(aws, TESTS, **{**fed, **given})


@pytest.fixture
def place(aws: LocalAws) -> dict[str, str]:
    """Give a VPC with both families of addresses, and a subnet in it, to test EC2 in."""
    ec2 = aws.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16", AmazonProvidedIpv6CidrBlock=True)["Vpc"]
    subnet = ec2.create_subnet(VpcId=vpc["VpcId"], CidrBlock="10.0.0.0/24")["Subnet"]
    return {"TestEC2": "yes", "TestVpcId": vpc["VpcId"], "TestSubnetId": subnet["SubnetId"]}


def test_by_default_file_systems_and_volumes_of_the_vault_are_restored(
    aws: LocalAws, backup: Stack
) -> None:
    stack = beside(aws, backup)
    [name] = aws.restore_tests
    [plan] = [call for call in stack.calls.made if call.operation == "CreateRestoreTestingPlan"]
    asked = plan.parameters["RestoreTestingPlan"]
    assert asked["RecoveryPointSelection"]["IncludeVaults"] == [backup.outputs["BackupVaultArn"]]
    assert stack.outputs["RestoreTestingPlanName"] == name == asked["RestoreTestingPlanName"]
    assert f":{ACCOUNT}:restore-testing-plan:{name}-" in stack.outputs["RestoreTestingPlanArn"]
    selections = aws.restore_tests[name]
    assert [*selections] == ["EFS", "EBS"]
    for selection in selections.values():
        assert selection["IamRoleArn"] == backup.outputs["BackupRoleArn"]
        assert selection["ProtectedResourceArns"] == ["*"]
    assert stack.outputs["TestedTypes"] == "tested: EFS EBS"


def test_only_the_named_file_systems_are_restored(aws: LocalAws, backup: Stack) -> None:
    arns = f"{ON['EFSFileSystemArns']}, {ON['EFSFileSystemArns']}1"
    beside(aws, backup, TestEBS="no", EFSFileSystemArns=arns)
    [selections] = aws.restore_tests.values()
    assert [*selections] == ["EFS"]
    assert selections["EFS"]["ProtectedResourceArns"] == arns.split(", ")


def test_an_instance_is_restored_where_nothing_comes_in_or_out(
    aws: LocalAws, backup: Stack, place: dict[str, str]
) -> None:
    stack = beside(aws, backup, **place)
    [selections] = aws.restore_tests.values()
    overrides = selections["EC2"]["RestoreMetadataOverrides"]
    group = stack.resources["SOCARestoreTestSecurityGroup"]
    assert overrides["subnetId"] == place["TestSubnetId"]
    assert json.loads(overrides["securityGroupIds"]) == [group]
    [made] = aws.client("ec2").describe_security_groups(GroupIds=[group])["SecurityGroups"]
    assert made["VpcId"] == place["TestVpcId"]
    assert made["IpPermissions"] == []
    assert made["IpPermissionsEgress"]
    for permission in made["IpPermissionsEgress"]:
        assert not permission["UserIdGroupPairs"]
        assert not permission["PrefixListIds"]
    for network in _ways_out(made):
        own = [each for each in LOOPBACK if each.version == network.version]
        assert any(network.subnet_of(each) for each in own), network


def _ways_out(group: dict[str, Any]) -> list[Any]:
    return [
        ip_network(each.get("CidrIp") or each["CidrIpv6"])
        for permission in group["IpPermissionsEgress"]
        for each in (*permission["IpRanges"], *permission["Ipv6Ranges"])
    ]


def test_nothing_of_it_stays_and_the_backup_is_as_it_was(
    aws: LocalAws, backup: Stack, place: dict[str, str]
) -> None:
    before = what_is_there(aws)
    stack = beside(aws, backup, **place)
    assert what_is_there(aws) == {**before, "groups": 1, "restore tests": 1}
    stack.delete()
    assert stack.retained == {}
    assert what_is_there(aws) == before


def test_while_a_restored_instance_lives_the_stack_stays(
    aws: LocalAws, backup: Stack, place: dict[str, str]
) -> None:
    """It uses the security group."""
    stack = beside(aws, backup, **place)
    ec2 = aws.client("ec2")
    restored = ec2.run_instances(
        ImageId="ami-12c6146b",
        MinCount=1,
        MaxCount=1,
        SubnetId=place["TestSubnetId"],
        SecurityGroupIds=[stack.resources["SOCARestoreTestSecurityGroup"]],
    )["Instances"][0]["InstanceId"]
    with pytest.raises(DeploymentError, match=r"SecurityGroup.*DependencyViolation"):
        stack.delete()
    ec2.terminate_instances(InstanceIds=[restored])
    stack.delete()
    assert aws.restore_tests == {}


def test_two_clusters_whose_names_differ_by_a_sign_cannot_both_be_tested(
    aws: LocalAws, backup: Stack
) -> None:
    """The description of ClusterId says so: names of restore testing have no hyphen."""
    beside(aws, backup, ClusterId="a-b")
    with pytest.raises(DeploymentError, match="AlreadyExists"):
        beside(aws, backup, ClusterId="a_b")


def test_every_pair_of_choices_deploys_and_goes(
    aws: LocalAws, backup: Stack, place: dict[str, str]
) -> None:
    before = what_is_there(aws)
    for given in switches(TESTS):
        there = {name: place[name] for name in ("TestVpcId", "TestSubnetId") if given[name]}
        own = {name: backup.outputs[name] for name in ("BackupVaultArn", "BackupRoleArn")}
        stack = beside(aws, backup, **{**given, **own, **there})
        stack.delete()
        assert what_is_there(aws) == before
