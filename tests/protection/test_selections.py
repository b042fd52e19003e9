"""Which resources a selection takes, by the rules of AWS Backup."""

from typing import Any

import pytest

from generator.protection.model import Reach, shown
from tests.protection.support import ROLE_ARN, Resource, of_type, protected

VOLUMES, FILES = "arn:aws:ec2:*:*:volume/*", "arn:aws:elasticfilesystem:*:*:file-system/*"
KEY = "aws:ResourceTag/stage"


def tag(key: str, value: str = "prod") -> dict[str, str]:
    return {"ConditionKey": key, "ConditionValue": value}


def told(reach: Reach) -> str:
    """Return what is taken in a few words: type, pattern, tags, what is left out, and a sign."""
    tags = "".join(
        f" {tag.key}{ {'StringEquals': '='}.get(tag.operator, f' {tag.operator} ') }{tag.value}"
        for tag in sorted(reach.tags, key=lambda tag: (tag.key, tag.value))
    )
    without = "".join(f" without {arn}" for arn in sorted(reach.without))
    like = f" like {reach.arn}" if reach.arn else ""
    return shown(f"{reach.type}{like}{tags}{without}{'!' * reach.opted_in}")


def taken(_resources: dict[str, Resource] | None = None, /, **selection: Any) -> list[str]:
    """Return what a selection takes; the sign says that the region has to be opted in."""
    its = {"SelectionName": "x", "IamRoleArn": ROLE_ARN, **selection}
    resource = of_type("Backup::BackupSelection", {"BackupPlanId": "plan", "BackupSelection": its})
    return [told(each) for each in protected({"It": resource, **(_resources or {})}).reaches]


ALL = len(taken(Resources=["*"]))
WHERE = "arn:aws:ec2:${AWS::Region}:${AWS::AccountId}:"


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        ({}, []),
        ({"Resources": [VOLUMES]}, ["EBS volumes"]),
        ({"Resources": VOLUMES}, ["EBS volumes"]),
        ({"Resources": [FILES, VOLUMES]}, ["EBS volumes", "EFS file systems"]),
        ({"Resources": ["arn:aws:ec2:*:*:*/*"]}, ["EC2 instances", "EBS volumes"]),
        ({"Resources": ["arn:aws:ec2:*"]}, ["EC2 instances", "EBS volumes"]),
        ({"Resources": ["arn:aws:s3:::*"]}, ["S3 buckets"]),
        ({"Resources": ["arn:aws:s3:::logs-*"]}, ["S3 buckets like arn:aws:s3:::logs-*"]),
        ({"Resources": ["arn:aws:lambda:*:*:function:*"]}, []),
        ({"Resources": ["i-123"]}, []),
        (
            {"Resources": ["arn:aws:ec2:us-east-1:*:volume/*"]},
            ["EBS volumes like arn:aws:ec2:us-east-1:*:volume/*"],
        ),
        (
            {"Resources": [{"Fn::Sub": f"{WHERE}volume/*"}]},
            ["EBS volumes"],
        ),
        # Tags alone, and one more tag for all that the conditions take.
        (
            {"Resources": [VOLUMES], "Conditions": {"StringEquals": [tag(KEY)]}},
            ["EBS volumes stage=prod"],
        ),
        (
            {
                "Resources": [VOLUMES],
                "Conditions": {
                    "StringEquals": [tag(KEY)],
                    "StringNotLike": [tag("aws:ResourceTag/team", "a*")],
                },
            },
            ["EBS volumes stage=prod team StringNotLike a*"],
        ),
        # A key without the prefix is none, except where it must not be equal.
        ({"Resources": [VOLUMES], "Conditions": {"StringEquals": [tag("stage")]}}, []),
        (
            {"Resources": [VOLUMES], "Conditions": {"StringNotEquals": [tag("stage")]}},
            ["EBS volumes stage StringNotEquals prod"],
        ),
        ({"Conditions": {"StringEquals": [tag(KEY)]}}, []),
        # ListOfTags has no prefix, and is a union with Resources.
        ({"ListOfTags": [tag(KEY)]}, []),
        (
            {"Resources": [VOLUMES], "ListOfTags": [tag(KEY)]},
            ["EBS volumes"],
        ),
        # NotResources.
        ({"Resources": [VOLUMES, FILES], "NotResources": [FILES]}, ["EBS volumes"]),
        ({"Resources": [VOLUMES, FILES], "NotResources": ["*"]}, []),
        (
            {"Resources": [VOLUMES, FILES], "NotResources": ["arn:aws:ec2:*:*:volume/vol-1"]},
            ["EBS volumes without arn:aws:ec2:*:*:volume/vol-1", "EFS file systems"],
        ),
        (
            {
                "Resources": ["arn:aws:ec2:*:*:volume/vol-1*", FILES],
                "NotResources": ["arn:aws:ec2:*:*:volume/vol-*"],
            },
            ["EFS file systems"],
        ),
        # What only a deployment knows.
        ({"Resources": [{"Ref": "Given"}]}, ["given resources like ${Given}"]),
        ({"Resources": {"Ref": "Given"}}, ["given resources like ${Given}"]),
        (
            {
                "Resources": [VOLUMES],
                "Conditions": {"StringEquals": [tag("aws:ResourceTag/${x}", "y")]},
            },
            ["EBS volumes ${x}=y"],
        ),
    ],
)
def test_what_is_taken(selection: dict[str, Any], expected: list[str]) -> None:
    assert taken(**selection) == expected


def test_tags_alone_take_everything_that_the_region_is_opted_in_to() -> None:
    assert taken(Resources=["*"])[:1] == ["virtual machines!"]
    found = taken(ListOfTags=[tag("stage"), tag("team", "a")])
    assert len(found) == 2 * ALL
    assert {"EFS file systems stage=prod!", "EFS file systems team=a!"} <= set(found)


def test_resources_and_tags_are_a_union() -> None:
    found = taken(Resources=[VOLUMES], ListOfTags=[tag("stage")])
    assert [each for each in found if each.startswith("EBS")] == [
        "EBS volumes",
        "EBS volumes stage=prod!",
    ]
    assert len(found) == ALL + 1


def test_resources_of_the_template_by_their_arns() -> None:
    resources = {
        "Files": of_type("EFS::FileSystem", {}),
        "Table": of_type("DynamoDB::Table", {"TableName": "t"}),
        "Stack": of_type("CloudFormation::Stack", {}),
    }
    arns = [{"Fn::GetAtt": [name, "Arn"]} for name in ("Files", "Table")]
    outside = {"Fn::GetAtt": ["Stack", "Outputs.Files"]}
    made = {"Fn::Sub": "arn:aws:elasticfilesystem:${AWS::Region}:1:file-system/${Files}"}
    assert taken(resources, Resources=arns) == [
        "DynamoDB tables like ${Table.Arn}",
        "EFS file systems like ${Files.Arn}",
    ]
    assert taken(resources, Resources=[outside]) == ["given resources like ${Stack.Outputs.Files}"]
    assert taken(resources, Resources=[made]) == [
        "EFS file systems like arn:aws:elasticfilesystem:${AWS::Region}:1:file-system/${Files}"
    ]
    # One of them is left out, not all of its type.
    assert taken(resources, Resources=[FILES], NotResources=[arns[0]]) == [
        "EFS file systems without ${Files.Arn}"
    ]
    assert taken(resources, Resources=arns, NotResources=arns[:1]) == [
        "DynamoDB tables like ${Table.Arn}"
    ]


def test_the_region_and_the_account_of_the_stack_may_be_known() -> None:
    place = {"AWS::Region": "us-east-1", "AWS::AccountId": "123456789012"}
    for arn, expected in {
        "arn:aws:ec2:us-east-1:123456789012:volume/*": "",
        "arn:aws:ec2:us-east-1:*:volume/vol-1": "arn:aws:ec2:us-east-1:*:volume/vol-1",
    }.items():
        its = {"IamRoleArn": ROLE_ARN, "Resources": [arn]}
        resource = of_type("Backup::BackupSelection", {"BackupPlanId": "p", "BackupSelection": its})
        [reach] = protected({"It": resource}, **place).reaches
        assert (reach.type, reach.arn) == ("EBS volumes", expected)
    elsewhere = {"IamRoleArn": ROLE_ARN, "Resources": ["arn:aws:ec2:eu-west-1:*:volume/*"]}
    resource = of_type(
        "Backup::BackupSelection", {"BackupPlanId": "p", "BackupSelection": elsewhere}
    )
    assert protected({"It": resource}, **place).reaches == ()
