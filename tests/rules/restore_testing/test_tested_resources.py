"""E9572: what a restore testing selection selects."""

from typing import Any

import pytest

from tests.rules.restore_testing.support import NO, messages, restore_plan, restore_selection
from tests.rules.support import agree

INSTANCE = "arn:aws:ec2:eu-west-1:111122223333:instance/i-1"
VOLUME = "arn:aws:ec2:eu-west-1:111122223333:volume/vol-1"
CLUSTER = "arn:aws:rds:eu-west-1:111122223333:cluster:a"
WHERE = {"StringEquals": [{"Key": "aws:ResourceTag/stage", "Value": "prod"}]}


def found(**properties: Any) -> list[str]:
    resources = {"Fs": {"Type": "AWS::EFS::FileSystem"}, "Server": {"Type": "AWS::EC2::Instance"}}
    return messages("E9572", restore_plan(), restore_selection(**properties), **resources)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        *((kind, []) for kind in ("Aurora", "DocumentDB", "DynamoDB", "EBS", "EC2", "EFS", "FSx")),
        *((kind, []) for kind in ("Neptune", "RDS", "S3", "FSX", {"Ref": "Given"})),
        ("EC2-Instance", ["is no type that AWS Backup can test"]),
        ("Timestream", ["use one of Aurora, DocumentDB, DynamoDB, EBS, EC2, EFS, FSx"]),
        ("", ["is no type"]),
    ],
)
def test_types(kind: Any, expected: list[str]) -> None:
    agree(found(ProtectedResourceType=kind), expected)


@pytest.mark.parametrize(
    ("kind", "arn", "expected"),
    [
        ("EC2", INSTANCE, []),
        ("EC2", VOLUME, ["is not of the ProtectedResourceType 'EC2'"]),
        ("EBS", INSTANCE, ["or the type EC2"]),
        ("EC2", "arn:aws:ec2:*:*:*", []),
        ("EFS", {"Fn::GetAtt": ["Fs", "Arn"]}, []),
        ("EC2", {"Fn::GetAtt": ["Fs", "Arn"]}, ["or the type EFS"]),
        ("EFS", {"Ref": "Fs"}, ["use !GetAtt Fs.Arn"]),
        ("EC2", "i-1", ["it is not an ARN"]),
        ({"Ref": "Given"}, VOLUME, []),
        ("EC2", {"Ref": "Given"}, []),
        ("Aurora", CLUSTER, []),
        ("Neptune", CLUSTER, []),
        ("S3", "arn:aws:s3:::bucket", []),
        ("S3", CLUSTER, ["or the type Aurora or DocumentDB or Neptune or RDS"]),
    ],
)
def test_arns(kind: Any, arn: Any, expected: list[str]) -> None:
    agree(found(ProtectedResourceType=kind, ProtectedResourceArns=[arn]), expected)


BESIDE = ["'*' beside ARNs"]
REFUSED = ["AWS Backup refuses the two together"]


@pytest.mark.parametrize(
    ("arns", "conditions", "expected"),
    [
        (["*"], None, []),
        (["*"], WHERE, []),
        ([INSTANCE], None, []),
        (NO, WHERE, []),
        ({"Ref": "List"}, WHERE, []),
        ([{"Ref": "Given"}], WHERE, []),
        (["*", {"Ref": "Given"}], None, []),
        ([{"Fn::If": ["On", "*", INSTANCE]}], None, []),
        (["*", INSTANCE], None, BESIDE),
        (["*", INSTANCE], WHERE, BESIDE),
        (["*", {"Fn::GetAtt": ["Server", "Arn"]}], None, BESIDE),
        (["*", {"Fn::If": ["On", INSTANCE, NO]}], None, BESIDE),
        ([INSTANCE], WHERE, REFUSED),
        ([INSTANCE], {"Fn::If": ["On", WHERE, NO]}, REFUSED),
        ({"Fn::If": ["On", [INSTANCE], ["*"]]}, {"Fn::If": ["On", NO, WHERE]}, []),
        ([INSTANCE], {}, []),
        ([INSTANCE], {"StringEquals": []}, []),
        ([f"{INSTANCE}{number}" for number in range(30)], None, []),
        ([f"{INSTANCE}{number}" for number in range(31)], None, ["at most 30"]),
    ],
)
def test_what_goes_together(arns: Any, conditions: Any, expected: list[str]) -> None:
    given = {} if conditions is None else {"ProtectedResourceConditions": conditions}
    agree(found(ProtectedResourceArns=arns, **given), expected)
