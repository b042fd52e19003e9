"""Clusters as SOCA makes them: one that nests the Backup template, and SOCA 2.6.1's own backup."""

import json
import os
from typing import Any
from unittest import mock

from generator import templates_folder
from generator.aws.connection import Connection
from generator.release import contents, report
from generator.release.contents import Release
from generator.release.options import targets
from generator.release.publish import publish as publish_release
from generator.stacks import MAIN
from tests.local_aws.deployer import Deployer, Stack
from tests.local_aws.local_aws import LocalAws
from tests.local_aws.local_s3 import SIGNED_IN
from tests.support.generated import template, text

CLUSTER_ID = "soca-mycluster"
BUCKET = "soca-install"
FOLDER = "soca"

_EC2_TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "ec2.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}
_BACKUP_TRUST = json.loads(json.dumps(_EC2_TRUST).replace("ec2.", "backup."))
_TAGS = [
    {"Key": "soca:ClusterId", "Value": {"Ref": "ClusterId"}},
    {"Key": "soca:BackupPlan", "Value": {"Ref": "ClusterId"}},
]
_INSTANCE_ROLE = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": _EC2_TRUST}}


def install(aws: LocalAws) -> None:
    """Put the template where SOCA's installer has its own."""
    s3 = aws.client("s3")
    s3.create_bucket(Bucket=BUCKET)
    s3.put_object(Bucket=BUCKET, Key=f"{FOLDER}/templates/{MAIN}", Body=text().encode())


def publish(aws: LocalAws) -> str:
    """Publish the release to the same place, as people do; return its TemplateURL."""
    release = Release(contents.objects(templates_folder.generate()), FOLDER)
    with mock.patch.dict(os.environ, SIGNED_IN):
        connection = Connection(endpoint_url=aws.endpoint_url)
        [publication] = publish_release(
            release, targets(BUCKET, [aws.region]), connection, lambda _: None
        )
    assert not publication.error, publication.error
    return report.results([publication], release)[0]  # the main template's is the first


def cluster(**parameters: Any) -> str:
    """Return a parent with a scheduler, its roles and a file system, which nests the template.

    ``parameters`` are passed to the nested stack, beside the cluster's id and its two roles.
    """
    passed = {
        "ClusterId": {"Ref": "ClusterId"},
        "SchedulerIAMRoleArn": {"Fn::GetAtt": ["SchedulerIAMRole", "Arn"]},
        "ComputeNodeIAMRoleArn": {"Fn::GetAtt": ["ComputeNodeIAMRole", "Arn"]},
        **parameters,
    }
    return json.dumps(
        {
            "Parameters": {
                "ClusterId": {"Type": "String"},
                "S3InstallBucket": {"Type": "String", "Default": BUCKET},
                "S3InstallFolder": {"Type": "String", "Default": FOLDER},
            },
            "Resources": {
                "SchedulerIAMRole": _INSTANCE_ROLE,
                "ComputeNodeIAMRole": _INSTANCE_ROLE,
                "SchedulerProfile": {
                    "Type": "AWS::IAM::InstanceProfile",
                    "Properties": {"Roles": [{"Ref": "SchedulerIAMRole"}]},
                },
                "Scheduler": {
                    "Type": "AWS::EC2::Instance",
                    "Properties": {
                        "ImageId": "ami-12c6146b",  # one that the local AWS knows
                        "IamInstanceProfile": {"Ref": "SchedulerProfile"},
                        "Tags": _TAGS,
                    },
                },
                "EFSData": {
                    "Type": "AWS::EFS::FileSystem",
                    "Properties": {"Encrypted": True, "FileSystemTags": _TAGS},
                },
                "Backup": {
                    "Type": "AWS::CloudFormation::Stack",
                    "Properties": {
                        "TemplateURL": {
                            "Fn::Sub": "https://${S3InstallBucket}.s3.${AWS::Region}."
                            "${AWS::URLSuffix}/${S3InstallFolder}/templates/Backup.template"
                        },
                        "Parameters": passed,
                    },
                },
            },
            "Outputs": {
                output: {"Value": {"Fn::GetAtt": ["Backup", f"Outputs.{output}"]}}
                for output in template()["Outputs"]
            },
        }
    )


def deploy(aws: LocalAws, name: str = "mycluster", **parameters: Any) -> Stack:
    """Deploy the cluster and return the parent's stack."""
    return Deployer(aws).create(cluster(**parameters), name, {"ClusterId": CLUSTER_ID})


def _policy(name: str, action: str, kept: dict[str, str]) -> dict[str, Any]:
    return {
        "Type": "AWS::IAM::Policy",
        **kept,
        "Properties": {
            "PolicyName": name,
            "Roles": [{"Ref": "SOCABackupRole"}],
            "PolicyDocument": {
                "Version": "2012-10-17",
                "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}],
            },
        },
    }


def soca_261(*, retained: bool) -> str:
    """Return what SOCA 2.6.1's Configuration stack makes for backups, and nothing else of it.

    Resources, names, schedule, 7 days and the tag-only selection are SOCA's; of its two policies
    only one action each. ``retained`` adds what an administrator adds before the move.
    """
    kept = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"} if retained else {}
    return json.dumps(
        {
            "Parameters": {"ClusterId": {"Type": "String"}},
            "Resources": {
                "SOCABackupVault": {
                    "Type": "AWS::Backup::BackupVault",
                    **kept,
                    "Properties": {"BackupVaultName": {"Fn::Sub": "Vault-${ClusterId}"}},
                },
                "SOCABackupRole": {
                    "Type": "AWS::IAM::Role",
                    **kept,
                    "Properties": {"AssumeRolePolicyDocument": _BACKUP_TRUST},
                },
                "SocaBackupIamRole": _policy("SocaBackup", "elasticfilesystem:Backup", kept),
                "SOCABackupRestoreIamRole": _policy(
                    "SocaBackupRestore", "elasticfilesystem:Restore", kept
                ),
                "SOCABackupPlan": {
                    "Type": "AWS::Backup::BackupPlan",
                    "Properties": {
                        "BackupPlan": {
                            "BackupPlanName": {"Fn::Sub": "Backup-${ClusterId}"},
                            "BackupPlanRule": [
                                {
                                    "RuleName": "SOCADailyBackup",
                                    "TargetBackupVault": {"Ref": "SOCABackupVault"},
                                    "ScheduleExpression": "cron(0 5 * * ? *)",
                                    "StartWindowMinutes": 60,
                                    "Lifecycle": {"DeleteAfterDays": 7},
                                    "RecoveryPointTags": {
                                        "soca:ClusterId": {"Ref": "ClusterId"},
                                        "Name": {"Fn::Sub": "${ClusterId}-Backup"},
                                    },
                                }
                            ],
                        }
                    },
                },
                "SOCABackupSelection": {
                    "Type": "AWS::Backup::BackupSelection",
                    "Properties": {
                        "BackupPlanId": {"Ref": "SOCABackupPlan"},
                        "BackupSelection": {
                            "SelectionName": {"Fn::Sub": "Tag-${ClusterId}"},
                            "IamRoleArn": {"Fn::GetAtt": ["SOCABackupRole", "Arn"]},
                            "ListOfTags": [
                                {
                                    "ConditionType": "STRINGEQUALS",
                                    "ConditionKey": "soca:BackupPlan",
                                    "ConditionValue": {"Ref": "ClusterId"},
                                }
                            ],
                        },
                    },
                },
            },
        }
    )
