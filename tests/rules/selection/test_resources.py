"""E9561: what a selection names."""

from typing import Any

import pytest

from tests.rules.selection.support import PARAMETERS
from tests.rules.support import agree, found, selection, template

AWS = "arn:${AWS::Partition}:"
MINE = "${AWS::Region}:${AWS::AccountId}:"
RESOURCES: dict[str, Any] = {
    name: {"Type": kind}
    for name, kind in {
        "Fs": "AWS::EFS::FileSystem",
        "Server": "AWS::EC2::Instance",
        "Table": "AWS::DynamoDB::Table",
        "Graph": "AWS::Neptune::DBCluster",
        "Code": "AWS::Lambda::Function",
        "Topic": "AWS::SNS::Topic",
        "Point": "AWS::EFS::AccessPoint",
        "Nested": "AWS::CloudFormation::Stack",
        "Sam": "AWS::Serverless::SimpleTable",
        "Own": "Custom::Thing",
    }.items()
}


def messages(item: Any, name: str = "Resources") -> list[str]:
    whole = selection(**{"Resources": ["*"], name: [item]})
    return found("E9561", template(Selection=whole, Parameters=PARAMETERS, **RESOURCES))


@pytest.mark.parametrize(
    "item",
    [
        "*",
        "arn:*",
        "arn:aws:*",
        "arn:aws:ec2:*",
        "arn:aws:ec2:*:*:*",
        "arn:aws:ec2:*:*:inst*",
        "arn:aws:ec2:*:*:*/i-0123",
        "arn:aws:ec2:eu-west-1:111122223333:instance/i-0123456789abcdef0",
        "arn:aws:e*:*:*:thing/*",
        "arn:aws:elasticfilesystem:*:*:file-system/*",
        "arn:aws-us-gov:s3:::*",
        "arn:aws:s3:::bucket",
        "arn:aws:s3:::${Given}",
        "arn:aws:rds:*:*:cluster:*",
        "arn:aws:rds:*:*:db:*",
        "arn:aws:dynamodb:*:*:table/orders",
        "arn:aws:fsx:*:*:volume/*",
        "arn:aws:redshift:*:*:cluster:*",
        "arn:aws:redshift-serverless:*:*:namespace/*",
        "arn:aws:eks:*:*:cluster/*",
        "arn:aws:dsql:*:*:cluster/*",
        "arn:aws:timestream:*:*:database/a/table/b",
        "arn:aws:storagegateway:*:*:gateway/sgw-1/volume/vol-1",
        "arn:aws:backup-gateway:*:*:vm/*",
        "arn:aws:ssm-sap:*:*:HANA/*",
        "arn:aws:cloudformation:*:*:stack/*",
        {"Fn::Sub": AWS + "ec2:" + MINE + "instance/${Server}"},
        {"Fn::Sub": AWS + "${Given}:*:*:thing/*"},
        {"Fn::Sub": AWS + "ec2:*:*:${Given}"},
        {"Fn::Join": [":", ["arn:aws:ec2", {"Ref": "Given"}]]},
        {"Ref": "Given"},
        {"Ref": "Nobody"},
        {"Fn::ImportValue": "x"},
        {"Fn::GetAtt": ["Fs", "Arn"]},
        {"Fn::GetAtt": ["Nested", "Outputs.Fs"]},
        {"Fn::GetAtt": ["Sam", "Arn"]},
        {"Fn::GetAtt": ["Own", "Arn"]},
        {"Ref": "Own"},
        {"Ref": "Point"},
        {"Ref": "Nested"},
    ],
    ids=str,
)
def test_what_can_be_backed_up(item: Any) -> None:
    assert messages(item) == []


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ({"Ref": "Fs"}, "use !GetAtt Fs.Arn"),
        ({"Fn::Sub": "${Fs}"}, "use !GetAtt Fs.Arn"),
        ({"Fn::GetAtt": ["Fs", "FileSystemId"]}, "use !GetAtt Fs.Arn"),
        ({"Ref": "Server"}, f"use !Sub {AWS}ec2:{MINE}instance/${{Server}}"),
        ({"Ref": "Graph"}, f"use !Sub {AWS}rds:{MINE}cluster:${{Graph}}"),
        ({"Ref": "Table"}, "use !GetAtt Table.Arn"),
        ({"Fn::GetAtt": ["Code", "Arn"]}, "does not back up an AWS::Lambda::Function"),
        ({"Ref": "Topic"}, "does not back up an AWS::SNS::Topic"),
        ("fs-0123456789abcdef0", "it is not an ARN"),
        ({"Fn::Sub": "fs-${Given}"}, "it is not an ARN"),
        ("fs-*", "it is not an ARN"),
        ("", "it is not an ARN"),
        ("arn:aws:elasticfilesystem:file-system/fs-1", "it is not an ARN"),
        ("arn:aws:elasticfilesystem:*:*:filesystem/*", "use 'file-system/...'"),
        ("arn:aws:ec2:*:*:instances/*", "use 'instance/...' or 'volume/...'"),
        ("arn:aws:ec2:*:*:snapshot/*", "'snapshot/*' is nothing of 'ec2'"),
        ("arn:aws:ec2:*:*:inst", "'inst' is nothing of 'ec2'"),
        ("arn:aws:rds:*:*:cluster-snapshot:*", "use 'cluster:...' or 'db:...'"),
        ("arn:aws:rds:*:*:db/mine", "use 'cluster:...' or 'db:...'"),
        ("arn:aws:dynamodb:*:*:tables/*", "use 'table/...'"),
        ("arn:aws:s3:::bucket/*", "it is not the ARN of a bucket"),
        ("arn:aws:lambda:*:*:function:*", "does not back up anything of 'lambda'"),
        ("arn:aws:efs:*:*:file-system/*", "does not back up anything of 'efs'"),
    ],
)
def test_what_cannot(item: Any, expected: str) -> None:
    agree(messages(item), [expected])
    agree(messages(item, "NotResources"), ["so it excludes nothing"])
