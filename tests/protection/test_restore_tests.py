"""What restore tests restore, when, and what they give an instance."""

from typing import Any

import pytest

from generator.protection.model import Launch, RestorePlan, RestoreTest, Tag, shown
from tests.protection.support import Resource, of_type, protected

VAULT = "arn:aws:backup:us-east-1:111122223333:backup-vault:v"
FILE = "arn:aws:elasticfilesystem:us-east-1:111122223333:file-system/fs-1"
POINTS = {"Algorithm": "LATEST_WITHIN_WINDOW", "IncludeVaults": [VAULT]}
TO_ITSELF = {"IpProtocol": "-1", "CidrIp": "127.0.0.1/32"}


def plan(**properties: Any) -> Resource:
    its = {"RestoreTestingPlanName": "p", "ScheduleExpression": "cron(0 7 2 * ? *)"}
    all_of_it = {**its, "RecoveryPointSelection": POINTS, **properties}
    return of_type("Backup::RestoreTestingPlan", all_of_it)


def selection(kind: str = "EFS", **properties: Any) -> Resource:
    its = {"RestoreTestingPlanName": {"Ref": "Plan"}, "IamRoleArn": "arn:aws:iam::1:role/r"}
    its |= {"ProtectedResourceType": kind, "RestoreTestingSelectionName": "s", **properties}
    return of_type("Backup::RestoreTestingSelection", its)


def the_test(one: Resource, the_plan: Resource | None = None, **beside: Resource) -> RestoreTest:
    """Return the only restore test."""
    resources = {"Plan": the_plan or plan(), "Selection": one, **beside}
    (found,) = protected(resources).restore_tests
    return found


def test_what_aws_backup_takes_where_a_plan_says_nothing() -> None:
    found = the_test(selection())
    assert found.plan == RestorePlan(
        name=found.plan.name if found.plan else "",
        schedule="cron(0 7 2 * ? *)",
        zone="UTC",
        start_window=24,
        newest=True,
        window=30,
        kinds=(),
        vaults=(VAULT,),
        without=(),
    )
    assert (found.types, found.arns, found.tags) == (("EFS file systems",), (), frozenset())
    assert (found.role, found.validation, found.launch) == ("arn:aws:iam::1:role/r", None, None)


def test_what_a_plan_and_a_selection_say() -> None:
    points = {
        "Algorithm": "RANDOM_WITHIN_WINDOW",
        "IncludeVaults": ["*"],
        "ExcludeVaults": [VAULT],
        "SelectionWindowDays": "9",
        "RecoveryPointTypes": ["CONTINUOUS", "SNAPSHOT"],
    }
    its = plan(
        ScheduleExpressionTimezone="Asia/Tokyo", StartWindowHours=3, RecoveryPointSelection=points
    )
    equals = {"StringEquals": [{"Key": "aws:ResourceTag/a", "Value": "b"}]}
    one = selection(
        ProtectedResourceArns=["*"], ProtectedResourceConditions=equals, ValidationWindowHours="0"
    )
    found = the_test(one, its)
    assert found.plan
    assert (found.plan.zone, found.plan.start_window, found.plan.newest) == ("Asia/Tokyo", 3, False)
    assert (found.plan.window, found.plan.vaults, found.plan.without) == (9, ("*",), (VAULT,))
    assert found.plan.kinds == ("CONTINUOUS", "SNAPSHOT")
    assert found.tags == {Tag("StringEquals", "a", "b")}
    assert (found.arns, found.validation) == ((), 0)
    assert the_test(selection(ProtectedResourceArns=[FILE])).arns == (FILE,)


@pytest.mark.parametrize(
    ("word", "types"),
    [
        ("EBS", ("EBS volumes",)),
        ("ebs", ("EBS volumes",)),
        ("FSx", ("FSx file systems", "FSx volumes")),
        ("Aurora", ("Aurora clusters",)),
        ("RDS", ("RDS clusters", "RDS databases")),
        ("Floppy", ("Floppy",)),
    ],
)
def test_the_types_that_a_word_means(word: str, types: tuple[str, ...]) -> None:
    assert the_test(selection(word)).types == types


@pytest.mark.parametrize(
    ("reference", "is_here"),
    [({"Ref": "Plan"}, True), ("p", True), ("q", False), ({"Ref": "Given"}, False)],
)
def test_the_plan_of_a_selection(reference: Any, is_here: bool) -> None:
    assert bool(the_test(selection(RestoreTestingPlanName=reference)).plan) is is_here


def launched(overrides: dict[str, Any] | None, **beside: Resource) -> Launch:
    found = the_test(selection("EC2", RestoreMetadataOverrides=overrides or {}), **beside)
    assert found.launch
    return found.launch


def test_what_an_instance_is_given() -> None:
    assert launched(None) == Launch("", (), "", None)
    given = {"IamInstanceProfileName": "x", "subnetId": "subnet-1"}
    assert launched({**given, "securityGroupIds": '["sg-1", "sg-2"]'}) == Launch(
        "x", ("sg-1", "sg-2"), "subnet-1", None
    )
    assert launched({"iamInstanceProfileName": "null"}).profile == ""


def rule(kind: str, group: Any, **properties: Any) -> Resource:
    return of_type(f"EC2::SecurityGroup{kind}", {"GroupId": group, **properties})


BY_REF, BY_ID = {"Ref": "Group"}, {"Fn::GetAtt": ["Group", "GroupId"]}
FROM = {"IpProtocol": "tcp", "FromPort": 1, "ToPort": 9, "CidrIp": "10.0.0.0/8"}


@pytest.mark.parametrize(
    ("properties", "beside", "ways"),
    [
        ({"SecurityGroupEgress": [TO_ITSELF]}, {}, []),
        ({"SecurityGroupEgress": [{"IpProtocol": "-1", "CidrIpv6": "::1/128"}]}, {}, []),
        ({}, {}, ["out to everything"]),
        ({"SecurityGroupEgress": []}, {}, ["out to everything"]),
        ({}, {"Rule": rule("Egress", BY_ID, **TO_ITSELF)}, ["out to everything"]),
        ({"SecurityGroupEgress": [{"CidrIp": {"Ref": "Given"}}]}, {}, ["out to ${Given}"]),
        ({"SecurityGroupEgress": [{"CidrIp": "127.0.0.1/0"}]}, {}, ["out to 127.0.0.1/0"]),
        (
            {"SecurityGroupEgress": [TO_ITSELF], "SecurityGroupIngress": [FROM]},
            {},
            ["in from 10.0.0.0/8 (tcp 1-9)"],
        ),
        (
            {"SecurityGroupEgress": [TO_ITSELF]},
            {"Rule": rule("Ingress", BY_ID, IpProtocol="icmp", SourceSecurityGroupId=BY_REF)},
            ["in from ${Group} (icmp)"],
        ),
        (
            {"SecurityGroupEgress": [TO_ITSELF]},
            {"Rule": rule("Egress", BY_REF, DestinationPrefixListId="pl-1")},
            ["out to pl-1"],
        ),
        ({"SecurityGroupEgress": [TO_ITSELF]}, {"Rule": rule("Ingress", "sg-1", **FROM)}, []),
    ],
)
@pytest.mark.parametrize("reference", ["${Group}", "${Group.GroupId}"])
def test_what_a_security_group_lets_in_or_out(
    properties: dict[str, Any], beside: dict[str, Resource], ways: list[str], reference: str
) -> None:
    groups = {"securityGroupIds": {"Fn::Sub": f'["{reference}"]'}}
    group = of_type("EC2::SecurityGroup", {"VpcId": "vpc-1", **properties})
    found = launched(groups, Group=group, **beside).ways
    assert found is not None
    assert sorted(map(shown, found)) == ways
    mixed = {"securityGroupIds": {"Fn::Sub": f'["{reference}", "sg-1"]'}}
    assert launched(mixed, Group=group).ways is None
