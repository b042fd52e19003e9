"""How the ARNs of some types of resources are made of their names."""

from typing import NamedTuple


class Form(NamedTuple):
    """How the ARN of a type of resources is made, and the attributes that are it or the name."""

    beginning: str
    property_name: str
    arn: tuple[str, ...]
    name: tuple[str, ...]


def _arn(service: str, resource: str = "", region: str = "${AWS::Region}") -> str:
    return f"arn:${{AWS::Partition}}:{service}:{region}:${{AWS::AccountId}}:{resource}"


# An empty attribute is what Ref returns.
_ALARM = Form(_arn("cloudwatch", "alarm:"), "AlarmName", ("Arn",), ("",))
_NAME = "BackupVaultName"
_VAULT = Form(_arn("backup", "backup-vault:"), _NAME, ("BackupVaultArn",), ("", _NAME))
FORMS = {
    "AWS::SNS::Topic": Form(_arn("sns"), "TopicName", ("", "TopicArn"), ("TopicName",)),
    "AWS::Events::Rule": Form(_arn("events", "rule/"), "Name", ("Arn",), ("",)),
    "AWS::CloudWatch::Alarm": _ALARM,
    "AWS::CloudWatch::CompositeAlarm": _ALARM,
    "AWS::Backup::BackupVault": _VAULT,
    "AWS::Backup::LogicallyAirGappedBackupVault": _VAULT,
    "AWS::IAM::Role": Form(_arn("iam", "role/", region=""), "RoleName", ("Arn",), ("",)),
}
# Properties of which the value stands before the name in the ARN.
IN_THE_ARN = {"EventBusName", "Path"}
