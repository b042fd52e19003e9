"""The ARNs of what AWS Backup backs up, and what is wrong with others."""

import re
import sys
from pathlib import Path
from typing import NamedTuple

sys.path.extend({str(Path(__file__).parents[1])} - {*sys.path})  # cfn-lint loads each file alone

from _backup.cases import TOKEN, Case
from _backup.template import arn_parts, can_become_arn
from _backup.values import Values


class Kind(NamedTuple):
    """A kind of resource that AWS Backup backs up."""

    service: str  # in the ARN
    resource: str  # how the resource in the ARN begins
    types: dict[str, str]  # CloudFormation's types, and the attribute with the ARN; empty: none
    tested_as: tuple[str, ...] = ()  # what restore testing calls it; empty: not tested
    warm: bool = False  # AWS Backup never moves it to cold storage; False also if that is unclear


class Fault(NamedTuple):
    """What is wrong with an ARN, and what to do."""

    why: str
    instead: str


# Services and resources: AWSBackupServiceRolePolicyForBackup, version 30; a test compares newer
# ones. Cold storage: https://docs.aws.amazon.com/aws-backup/latest/devguide/plan-options-and-configuration.html
# Restore tests: https://docs.aws.amazon.com/aws-backup/latest/devguide/API_RestoreTestingSelectionForCreate.html
KINDS = (
    Kind("backup-gateway", "vm/", {}),
    Kind("cloudformation", "stack/", {}),
    Kind("dsql", "cluster/", {"AWS::DSQL::Cluster": "ResourceArn"}),
    Kind(
        "dynamodb",
        "table/",
        {"AWS::DynamoDB::Table": "Arn", "AWS::DynamoDB::GlobalTable": "Arn"},
        ("DynamoDB",),
    ),
    Kind("ec2", "instance/", {"AWS::EC2::Instance": ""}, ("EC2",), warm=True),
    Kind("ec2", "volume/", {"AWS::EC2::Volume": ""}, ("EBS",)),
    Kind("eks", "cluster/", {"AWS::EKS::Cluster": "Arn"}),
    Kind("elasticfilesystem", "file-system/", {"AWS::EFS::FileSystem": "Arn"}, ("EFS",)),
    Kind("fsx", "file-system/", {"AWS::FSx::FileSystem": "ResourceARN"}, ("FSx",), warm=True),
    Kind("fsx", "volume/", {"AWS::FSx::Volume": "ResourceARN"}, ("FSx",), warm=True),
    Kind(
        "rds",
        "cluster:",
        {
            "AWS::DocDB::DBCluster": "",
            "AWS::Neptune::DBCluster": "",
            "AWS::RDS::DBCluster": "DBClusterArn",
        },
        ("Aurora", "DocumentDB", "Neptune", "RDS"),
        warm=True,
    ),
    Kind("rds", "db:", {"AWS::RDS::DBInstance": "DBInstanceArn"}, ("RDS",), warm=True),
    Kind("redshift", "cluster:", {"AWS::Redshift::Cluster": ""}, warm=True),
    Kind(
        "redshift-serverless",
        "namespace/",
        {"AWS::RedshiftServerless::Namespace": "Namespace.NamespaceArn"},
    ),
    Kind("s3", "", {"AWS::S3::Bucket": "Arn"}, ("S3",), warm=True),
    Kind("ssm-sap", "", {"AWS::SystemsManagerSAP::Application": "Arn"}),
    Kind("storagegateway", "gateway/", {}, warm=True),
    Kind(
        "timestream",
        "database/",
        {"AWS::Timestream::Database": "Arn", "AWS::Timestream::Table": "Arn"},
    ),
)
KIND_OF_TYPE = {its_type: kind for kind in KINDS for its_type in kind.types}
# Beginnings of types whose values can be of anything.
OPEN = ("AWS::CloudFormation::", "AWS::SSM::", "AWS::Serverless::", "AWS::ServiceCatalog::")
# Beginnings of types of which only some have a row above.
PARTLY = tuple({its_type.rpartition("::")[0] + "::" for its_type in KIND_OF_TYPE})
EXAMPLE = "use one, for example arn:aws:elasticfilesystem:<region>:<account>:file-system/<id>"
UNKNOWN = re.compile(rf"{TOKEN.pattern}|[*?]")


def kinds_named(values: Values, arn: Case) -> list[Kind]:
    """Return the kinds of resources that the ARN, or the pattern of ARNs, can mean.

    An empty list: that is unknown, or it means nothing that AWS Backup backs up.
    """
    name, attribute = arn.reference
    kind = KIND_OF_TYPE.get(values.type_of(name))
    if name in values.resources:
        return [kind] if kind and attribute and attribute in kind.types.values() else []
    parts = arn_parts(arn.text or "")
    if parts is None or UNKNOWN.search(parts[2]):
        return []
    resource = ":".join(parts[5:])
    beginning = UNKNOWN.split(resource)[0]
    return [
        kind
        for kind in KINDS
        if kind.service == parts[2]
        and (
            beginning.startswith(kind.resource)
            or (beginning != resource and kind.resource.startswith(beginning))
        )
        and not (kind.service == "s3" and "/" in resource)  # of an object, not of a bucket
    ]


def resource_arn_fault(values: Values, arn: Case) -> Fault | None:
    """Return why this is no ARN of anything that AWS Backup backs up; None: no reason found."""
    name, attribute = arn.reference
    if name in values.resources:
        return _reference_fault(name, attribute, values.type_of(name))
    text = arn.text
    parts = arn_parts(text or "")
    if text is None or text == "*":
        return None
    if parts is None:
        # `arn:aws:ec2:*` means every resource of the service.
        pattern = text.startswith("arn:") and "*" in text
        return None if pattern or can_become_arn(text) else Fault("it is not an ARN", EXAMPLE)
    known = UNKNOWN.search(parts[2]) or kinds_named(values, arn)
    return None if known else _service_fault(parts[2], ":".join(parts[5:]))


def _service_fault(service: str, resource: str) -> Fault:
    beginnings = [kind.resource for kind in KINDS if kind.service == service]
    if not beginnings:
        return Fault(f"AWS Backup does not back up anything of {service!r}", "remove it")
    if service == "s3":
        return Fault("it is not the ARN of a bucket", "use arn:aws:s3:::<name of the bucket>")
    words = " or ".join(f"'{beginning}...'" for beginning in beginnings)
    return Fault(f"{resource!r} is nothing of {service!r} that AWS Backup backs up", f"use {words}")


def _reference_fault(name: str, attribute: str, its_type: str) -> Fault | None:
    kind = KIND_OF_TYPE.get(its_type)
    if kind is None:
        if not its_type.startswith("AWS::") or its_type.startswith((*OPEN, *PARTLY)):
            return None
        return Fault(f"AWS Backup does not back up an {its_type}", "remove it")
    if attribute.lower().endswith("arn"):
        return None
    why, right = f"it is not the ARN of {name!r}", kind.types[its_type]
    if right:
        return Fault(why, f"use !GetAtt {name}.{right}")
    form = f"arn:${{AWS::Partition}}:{kind.service}:${{AWS::Region}}:${{AWS::AccountId}}:"
    return Fault(why, f"use !Sub {form}{kind.resource}${{{name}}}")
