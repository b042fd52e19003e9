"""The local AWS refuses what AWS refuses: a deployment that succeeds here says something."""

import json
from typing import Any

import pytest

from tests.local_aws.deployer import Deployer, Stack
from tests.local_aws.errors import DeploymentError, RefusedError
from tests.local_aws.local_aws import LocalAws
from tests.local_aws.requests import NOT_IN_MOTO, Requests
from tests.local_aws.samples import (
    BROKEN,
    PLAN,
    ROLE,
    SELECTION,
    TEST,
    TEST_PLAN,
    TRUST,
    VAULT,
    edited,
    plans,
    roles,
    vaults,
    with_resources,
)


def create(aws: LocalAws, text: str = "") -> Stack:
    return Deployer(aws).create(text or with_resources(), "cluster")


def test_a_failed_creation_leaves_what_is_retained_and_nothing_else(aws: LocalAws) -> None:
    vault = {**VAULT, "DeletionPolicy": "Retain"}  # the role has RetainExceptOnCreate
    broken = {**BROKEN, "DependsOn": ["Vault", "Role"]}
    with pytest.raises(DeploymentError, match=r"Retained: \{'Vault': 'Vault-x'\}"):
        create(aws, with_resources(Selection=broken, Vault=vault))
    assert (vaults(aws), roles(aws), plans(aws)) == (["Vault-x"], [], [])


def test_a_plan_with_a_foreign_selection_blocks_what_it_uses(aws: LocalAws) -> None:
    stack = create(aws, with_resources(Vault=VAULT))
    aws.selections[stack.resources["Plan"]]["by hand"] = {}
    with pytest.raises(DeploymentError, match="selections must be deleted"):
        stack.delete()
    assert set(stack.resources) == {"Plan", "Vault"}


def selecting(**members: Any) -> dict[str, Any]:
    chosen = {**SELECTION["Properties"]["BackupSelection"], **members}
    return edited(SELECTION, BackupSelection={k: v for k, v in chosen.items() if v})


CHOSEN = {"ProtectedResourceConditions": {"StringEquals": [{"Key": "k", "Value": "v"}]}}
OTHER_TRUST = json.loads(json.dumps(TRUST).replace("backup.", "ec2."))
LIMITED = {**TRUST, "Statement": [{**TRUST["Statement"][0], "Condition": {"Null": {"a": "true"}}}]}


@pytest.mark.parametrize(
    ("resources", "why"),
    [
        ({"Plan": json.loads(json.dumps(PLAN).replace('{"Ref": "Vault"}', '"no"'))}, "NotFound"),
        ({"Vault": edited(VAULT, BackupVaultName="a.b")}, "does not match"),
        ({"Vault": edited(VAULT, Colour="red")}, "Colour"),
        ({"Vault": edited(VAULT, LockConfiguration={"MinRetentionDays": "soon"})}, "'soon'"),
        ({"Selection": selecting(SelectionName="bad name!!")}, "does not match"),
        ({"Selection": selecting(Resources=None)}, "must be non-empty"),
        ({"Selection": selecting(Resources="arn")}, "Invalid type"),
        ({"Selection": selecting(Unknown=["arn"])}, "Unknown"),
        (
            {
                "Selection": selecting(
                    ListOfTags=[
                        {"ConditionType": "LIKE", "ConditionKey": "k", "ConditionValue": "v"}
                    ]
                )
            },
            "'LIKE' is not one of",
        ),
        ({"Role": edited(ROLE, AssumeRolePolicyDocument=OTHER_TRUST)}, "cannot be assumed"),
        ({"Role": edited(ROLE, Policies=[{"PolicyName": "P", "PolicyDocument": {}}])}, "Malformed"),
        ({"Role": edited(ROLE, AssumeRolePolicyDocument=LIMITED)}, "cannot be assumed"),
        ({"Vault": {"Type": VAULT["Type"]}}, "required key BackupVaultName"),
        ({"Plan": {**PLAN, "Properties": {"BackupPlan": {}}}}, "Missing required parameter"),
        ({"Selection": selecting(IamRoleArn=None)}, "RoleName"),
    ],
)
def test_the_services_own_refusals_fail_the_deployment(
    aws: LocalAws, resources: Any, why: str
) -> None:
    with pytest.raises(DeploymentError, match=why):
        create(aws, with_resources(**resources))
    assert (vaults(aws), roles(aws), plans(aws)) == ([], [], [])


@pytest.mark.parametrize(
    ("resources", "why"),
    [
        ({"TestPlan": edited(TEST_PLAN, RestoreTestingPlanName="a-b")}, "other signs"),
        ({"TestPlan": edited(TEST_PLAN, RestoreTestingPlanName="x" * 51)}, "more than 50"),
        ({"TestPlan": edited(TEST_PLAN, StartWindowHours="169")}, "not in 1-168"),
        ({"TestPlan": edited(TEST_PLAN, ScheduleStatus="on")}, "ScheduleStatus"),
        (
            {"TestPlan": edited(TEST_PLAN, RecoveryPointSelection={"SelectionWindowDays": 366})},
            "not in 1-365",
        ),
        (
            {"TestPlan": edited(TEST_PLAN, RecoveryPointSelection={"Algorithm": "NEWEST"})},
            "'NEWEST' is not one of",
        ),
        ({"TestPlan": TEST_PLAN, "Same": {**TEST_PLAN, "DependsOn": "TestPlan"}}, "AlreadyExists"),
        ({"Test": edited(TEST, RestoreTestingPlanName="none")}, "no restore testing plan none"),
        ({"Test": edited(TEST, ValidationWindowHours="169")}, "not in 0-168"),
        ({"Test": edited(TEST, ProtectedResourceType="Disk")}, "Disk is not among"),
        ({"Test": edited(TEST, ProtectedResourceArns=["*", "arn"])}, "alone"),
        ({"Test": edited(TEST, ProtectedResourceArns=["arn"] * 31)}, "1 to 30 ARNs"),
        ({"Test": edited(TEST, ProtectedResourceArns=["arn"], **CHOSEN)}, "not by both"),
        ({"Test": edited(TEST, RestoreMetadataOverrides={"subnetId": "s"})}, "subnetId"),
        ({"Role": edited(ROLE, AssumeRolePolicyDocument=OTHER_TRUST)}, "cannot be assumed"),
    ],
)
def test_what_restore_testing_refuses_fails_the_deployment(
    aws: LocalAws, resources: Any, why: str
) -> None:
    needed = {"Plan": None, "Selection": None, "TestPlan": TEST_PLAN, "Test": TEST}
    with pytest.raises(DeploymentError, match=why):
        create(aws, with_resources(**{**needed, **resources}))
    assert aws.restore_tests == {}


def test_a_groups_own_ways_out_replace_those_that_lead_everywhere(aws: LocalAws) -> None:
    ec2 = aws.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16", AmazonProvidedIpv6CidrBlock=True)["Vpc"]["VpcId"]
    properties = {"GroupDescription": "x", "VpcId": vpc}
    group: dict[str, Any] = {"Type": "AWS::EC2::SecurityGroup", "Properties": properties}
    way = {"IpProtocol": "tcp", "FromPort": 1, "ToPort": 2, "CidrIpv6": "fd00::/8"}
    closed = edited(group, SecurityGroupEgress=[way])
    stack = create(aws, with_resources(Open=group, Closed=closed))

    def ways(name: str) -> set[str]:
        found = ec2.describe_security_groups(GroupIds=[stack.resources[name]])["SecurityGroups"]
        return {
            each.get("CidrIp") or each["CidrIpv6"]
            for permission in found[0]["IpPermissionsEgress"]
            for each in (*permission["IpRanges"], *permission["Ipv6Ranges"])
        }

    assert ways("Open") == {"0.0.0.0/0", "::/0"}
    assert ways("Closed") == {"fd00::/8"}
    strange = edited(group, SecurityGroupEgress=[{**way, "DestinationPrefixListId": "pl-1"}])
    with pytest.raises(DeploymentError, match="DestinationPrefixListId"):
        create(aws, json.dumps({"Resources": {"Group": strange}}))


def test_accounts_and_regions_do_not_see_each_other(aws: LocalAws) -> None:
    others = [aws.elsewhere("eu-west-1"), aws.elsewhere(account="111122223333")]
    for there in (aws, *others):
        arn = create(there).outputs["VaultArn"]
        assert arn == f"arn:aws:backup:{there.region}:{there.account}:backup-vault:Vault-x"
    assert len(roles(others[0])) == 2  # IAM has no regions
    assert len(roles(others[1])) == 1


def test_what_needs_another_capability_or_has_no_handler_is_refused(aws: LocalAws) -> None:
    with pytest.raises(RefusedError, match="CAPABILITY_NAMED_IAM"):
        create(aws, with_resources(Role=edited(ROLE, RoleName="x")))
    with pytest.raises(RefusedError, match="AWS::Lambda::Function: add a row"):
        create(aws, with_resources(Other={"Type": "AWS::Lambda::Function"}))


@pytest.mark.parametrize(
    ("parameters", "attribute", "why"),
    [
        ({}, "Outputs.Nothing", "no attribute Outputs.Nothing"),
        ({"Other": "x"}, "Outputs.VaultArn", "Other"),
        ({"Days": ["1", "2"]}, "Outputs.VaultArn", "not a string"),
        ({"Days": "many"}, "Outputs.VaultArn", "not a number"),
    ],
)
def test_a_parent_fails_with_what_it_passes_to_its_nested_stack_and_reads_of_it(
    aws: LocalAws, parameters: dict[str, Any], attribute: str, why: str
) -> None:
    body = with_resources().encode()
    aws.client("s3").create_bucket(Bucket="install")
    aws.client("s3").put_object(Bucket="install", Key="Backup.template", Body=body)
    url = {"Fn::Sub": "https://install.s3.${AWS::Region}.${AWS::URLSuffix}/Backup.template"}
    nested = {
        "Type": "AWS::CloudFormation::Stack",
        "Properties": {"TemplateURL": url, "Parameters": parameters},
    }
    outputs = {"Vault": {"Value": {"Fn::GetAtt": ["Backup", attribute]}}}
    with pytest.raises(DeploymentError, match=why):
        create(aws, json.dumps({"Resources": {"Backup": nested}, "Outputs": outputs}))
    assert plans(aws) == []


EXAMPLES: dict[tuple[str, str], dict[str, Any]] = {
    ("backup", "CreateBackupSelection"): {
        "BackupPlanId": "p",
        "BackupSelection": {"SelectionName": "s", "IamRoleArn": "arn:aws:iam::123456789012:role/r"},
    },
    ("backup", "CreateRestoreTestingPlan"): {
        "RestoreTestingPlan": {
            "RestoreTestingPlanName": "p",
            "ScheduleExpression": "cron(0 7 2 * ? *)",
            "RecoveryPointSelection": {},
        }
    },
    ("backup", "CreateRestoreTestingSelection"): {
        "RestoreTestingPlanName": "p",
        "RestoreTestingSelection": {
            "RestoreTestingSelectionName": "s",
            "ProtectedResourceType": "EFS",
            "IamRoleArn": "arn:aws:iam::123456789012:role/r",
        },
    },
    ("backup", "DeleteBackupSelection"): {"BackupPlanId": "p", "SelectionId": "s"},
    ("backup", "DeleteRestoreTestingPlan"): {"RestoreTestingPlanName": "p"},
    ("backup", "DeleteRestoreTestingSelection"): {
        "RestoreTestingPlanName": "p",
        "RestoreTestingSelectionName": "s",
    },
    ("backup", "PutBackupVaultAccessPolicy"): {"BackupVaultName": "Vault", "Policy": "{}"},
}


@pytest.mark.parametrize("lacking", sorted(NOT_IN_MOTO))
def test_moto_still_lacks_what_is_only_recorded(
    aws: LocalAws, lacking: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """When this fails, moto has learnt the operation: delete it from NOT_IN_MOTO."""
    monkeypatch.setattr("tests.local_aws.requests.NOT_IN_MOTO", set())
    monkeypatch.setattr("sys.stderr.write", lambda _text: 0)  # moto's own traceback
    with pytest.raises(DeploymentError, match=r"\((404|500)\)"):
        Requests(aws).call(*lacking, **EXAMPLES[lacking])
