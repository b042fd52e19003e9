"""What a cluster is made of: its main stack as CloudFormation has it, and file systems of FSx."""

import copy
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tests.local_aws.deployer import Stack
from tests.local_aws.local_aws import ACCOUNT
from tests.local_aws.served import ServedStack
from tests.support import soca

IMAGE = "ami-760aaa0f"
"""A Linux that moto knows."""
KINDS = ("Aurora", "DynamoDB", "EBS", "EC2", "EFS", "FSx", "RDS", "S3")
"""What a region can be opted in to."""


def tags(name: str) -> dict[str, str]:
    """Return the tags of a resource that is backed up."""
    return {**untagged(name), "soca:BackupPlan": soca.CLUSTER_ID}


def untagged(name: str) -> dict[str, str]:
    """Return the tags of a resource of the cluster that is not backed up."""
    return {"soca:ClusterId": soca.CLUSTER_ID, "Name": name}


def as_list(values: Mapping[str, str], key: str = "Key", value: str = "Value") -> list[Any]:
    """Return tags, parameters or outputs as AWS lists them."""
    return [{key: name, value: text} for name, text in values.items()]


def main_template(parameters: Mapping[str, str]) -> str:
    """Return the main stack: SOCA's, with two file systems, and a key for all that it stores."""
    document: dict[str, Any] = json.loads(soca.cluster(**parameters))
    resources = document["Resources"]
    everything = {"Effect": "Allow", "Action": "kms:*", "Resource": "*"}
    owner = {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}}
    policy = {"Version": "2012-10-17", "Statement": [{**everything, "Principal": owner}]}
    resources["Key"] = {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": policy}}
    key = {"Fn::GetAtt": ["Key", "Arn"]}
    disk = {"VolumeSize": 30, "Encrypted": True, "KmsKeyId": key}
    resources["EFSApps"] = copy.deepcopy(resources["EFSData"])
    for name, member, more in (
        (
            "Scheduler",
            "Tags",
            {
                "ImageId": IMAGE,
                "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": disk}],
            },
        ),
        ("EFSApps", "FileSystemTags", {"KmsKeyId": key}),
        ("EFSData", "FileSystemTags", {"KmsKeyId": key}),
    ):
        properties = resources[name]["Properties"]
        named = {"Key": "Name", "Value": {"Fn::Sub": f"${{ClusterId}}-{name}"}}
        properties |= {member: [*properties[member], named], **more}
    return json.dumps(document)


def described(
    stack: Stack, template: str, created: datetime, parent: Stack | None = None
) -> ServedStack:
    """Return what CloudFormation says of a stack."""
    above = parent and parent.evaluation.place.stack_id
    return ServedStack(
        {
            "StackId": stack.evaluation.place.stack_id,
            "StackName": stack.name,
            "CreationTime": created,
            "StackStatus": "CREATE_COMPLETE",
            "Capabilities": ["CAPABILITY_IAM"],
            "Outputs": as_list(stack.outputs, "OutputKey", "OutputValue"),
            "Parameters": as_list(stack.evaluation.parameters, "ParameterKey", "ParameterValue"),
            **({"ParentId": above, "RootId": above} if above else {}),
        },
        template,
        [
            {
                "LogicalResourceId": name,
                "PhysicalResourceId": made.ref,
                "ResourceType": stack.evaluation.existing[name]["Type"],
                "LastUpdatedTimestamp": created,
                "ResourceStatus": "CREATE_COMPLETE",
            }
            for name, made in stack.created.items()
        ],
    )


def fsx_file_system(
    region: str, number: str, kind: str, its_tags: Mapping[str, str], **more: Any
) -> dict[str, Any]:
    """Return a file system as FSx describes it, of a type that can be backed up."""
    return {
        "OwnerId": ACCOUNT,
        "FileSystemId": f"fs-{number}",
        "FileSystemType": kind,
        "Lifecycle": "AVAILABLE",
        "StorageCapacity": 1200,
        "StorageType": "SSD",
        "ResourceARN": f"arn:aws:fsx:{region}:{ACCOUNT}:file-system/fs-{number}",
        "Tags": as_list(its_tags),
        **_FSX_CONFIGURATIONS[kind],
        **more,
    }


_FSX_CONFIGURATIONS: dict[str, dict[str, Any]] = {
    "LUSTRE": {
        "LustreConfiguration": {"DeploymentType": "PERSISTENT_2", "PerUnitStorageThroughput": 125}
    },
    "ONTAP": {"OntapConfiguration": {"DeploymentType": "SINGLE_AZ_1", "ThroughputCapacity": 128}},
    "OPENZFS": {
        "OpenZFSConfiguration": {"DeploymentType": "SINGLE_AZ_1", "ThroughputCapacity": 64}
    },
}


def fsx_volume(
    file_system: Mapping[str, Any], number: str, its_tags: Mapping[str, str]
) -> dict[str, Any]:
    """Return a volume of an ONTAP or OpenZFS file system, as FSx describes it."""
    name = file_system["FileSystemId"]
    place = file_system["ResourceARN"].partition("file-system/")[0]
    return {
        "CreationTime": file_system["CreationTime"],
        "FileSystemId": name,
        "Lifecycle": "AVAILABLE",
        "Name": f"vol{number[-1]}",
        "ResourceARN": f"{place}volume/{name}/fsvol-{number}",
        "Tags": as_list(its_tags),
        "VolumeId": f"fsvol-{number}",
        "VolumeType": file_system["FileSystemType"],
    }
