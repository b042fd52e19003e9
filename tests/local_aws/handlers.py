"""What CloudFormation's handler of each resource type calls, and what Ref and GetAtt then give.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
A property that a handler here does not pass on is refused, never dropped.
"""

import json
from typing import Any

from tests.local_aws import backup_handlers, restore_testing_handlers
from tests.local_aws.errors import DeploymentError
from tests.local_aws.handler import Created, Handler, Order
from tests.local_aws.requests import Requests


def _create_role(order: Order) -> Created:
    inline = {p["PolicyName"]: p["PolicyDocument"] for p in order.take("Policies", [])}
    name = order.take("RoleName") or order.generated_name(64)
    role = order.calls.call(
        "iam",
        "CreateRole",
        RoleName=name,
        AssumeRolePolicyDocument=order.take_json("AssumeRolePolicyDocument"),
        **order.take_all("Path", "Description", "PermissionsBoundary", "Tags"),
    )["Role"]
    order.made = Created(name, {"Arn": role["Arn"], "RoleId": role["RoleId"]})
    for policy, document in inline.items():
        _put_role_policy(order.calls, name, policy, document)
    return order.made


def _put_role_policy(calls: Requests, role: str, name: str, document: Any) -> None:
    text = json.dumps(document, separators=(",", ":"))
    calls.call("iam", "PutRolePolicy", RoleName=role, PolicyName=name, PolicyDocument=text)


def _delete_role(calls: Requests, role: Created) -> None:
    for name in calls.call("iam", "ListRolePolicies", RoleName=role.ref)["PolicyNames"]:
        calls.call("iam", "DeleteRolePolicy", RoleName=role.ref, PolicyName=name)
    calls.call("iam", "DeleteRole", RoleName=role.ref)


def _create_policy(order: Order) -> Created:
    name, roles, document = map(order.need, ("PolicyName", "Roles", "PolicyDocument"))
    for role in roles:
        _put_role_policy(order.calls, role, name, document)
    return Created(name, {"Roles": roles})


def _delete_policy(calls: Requests, policy: Created) -> None:
    for role in policy.attributes["Roles"]:
        calls.call("iam", "DeleteRolePolicy", RoleName=role, PolicyName=policy.ref)


def _create_profile(order: Order) -> Created:
    name = order.take("InstanceProfileName") or order.generated_name(128)
    arn = order.calls.call(
        "iam", "CreateInstanceProfile", InstanceProfileName=name, **order.take_all("Path")
    )["InstanceProfile"]["Arn"]
    order.made = Created(name, {"Arn": arn})
    for role in order.need("Roles"):
        order.calls.call("iam", "AddRoleToInstanceProfile", InstanceProfileName=name, RoleName=role)
    return order.made


def _delete_profile(calls: Requests, profile: Created) -> None:
    found = calls.call("iam", "GetInstanceProfile", InstanceProfileName=profile.ref)
    for role in found["InstanceProfile"]["Roles"]:
        calls.call(
            "iam",
            "RemoveRoleFromInstanceProfile",
            InstanceProfileName=profile.ref,
            RoleName=role["RoleName"],
        )
    calls.call("iam", "DeleteInstanceProfile", InstanceProfileName=profile.ref)


def _create_file_system(order: Order) -> Created:
    made = order.calls.call(
        "efs",
        "CreateFileSystem",
        CreationToken=order.generated_name(64),
        Tags=order.take("FileSystemTags"),
        **order.take_all("Encrypted", "KmsKeyId", "PerformanceMode", "ThroughputMode"),
    )
    attributes = {"Arn": made["FileSystemArn"], "FileSystemId": made["FileSystemId"]}
    return Created(made["FileSystemId"], attributes)


def _create_instance(order: Order) -> Created:
    tags, profile = order.take("Tags"), order.take("IamInstanceProfile")
    made = order.calls.call(
        "ec2",
        "RunInstances",
        MinCount=1,
        MaxCount=1,
        IamInstanceProfile=profile and {"Name": profile},
        TagSpecifications=tags and [{"ResourceType": "instance", "Tags": tags}],
        **order.take_all(
            "BlockDeviceMappings", "ImageId", "InstanceType", "SubnetId", "SecurityGroupIds"
        ),
    )["Instances"][0]
    names = {"InstanceId": "InstanceId", "PrivateIp": "PrivateIpAddress", "VpcId": "VpcId"}
    return Created(made["InstanceId"], {name: made.get(key) for name, key in names.items()})


def _create_security_group(order: Order) -> Created:
    """Make a group; its own rules for the way out replace the two with which EC2 makes it.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroup.html
    """
    rules = {
        "Ingress": order.take("SecurityGroupIngress", []),
        "Egress": order.take("SecurityGroupEgress", []),
    }
    tags, call = order.take("Tags"), order.calls.call
    group = call(
        "ec2",
        "CreateSecurityGroup",
        GroupName=order.take("GroupName") or order.generated_name(255),
        Description=order.need("GroupDescription"),
        TagSpecifications=tags and [{"ResourceType": "security-group", "Tags": tags}],
        **order.take_all("VpcId"),
    )["GroupId"]
    order.made = Created(group, {"GroupId": group, "Id": group})
    if rules["Egress"]:
        [made] = call("ec2", "DescribeSecurityGroups", GroupIds=[group])["SecurityGroups"]
        open_ways = made["IpPermissionsEgress"]
        call("ec2", "RevokeSecurityGroupEgress", GroupId=group, IpPermissions=open_ways)
    for way, members in rules.items():
        for member in members:
            permission = _ip_permission(Order(order.logical_id, order.place, member, order.calls))
            operation = f"AuthorizeSecurityGroup{way}"
            call("ec2", operation, GroupId=group, IpPermissions=[permission])
    return order.made


def _delete_security_group(calls: Requests, group: Created) -> None:
    in_it = [{"Name": "instance.group-id", "Values": [group.ref]}]
    for reservation in calls.call("ec2", "DescribeInstances", Filters=in_it)["Reservations"]:
        # moto 5.2.5 deletes a group in which there are instances; EC2 does not.
        if any(one["State"]["Name"] != "terminated" for one in reservation["Instances"]):
            raise DeploymentError(f"DependencyViolation: resource {group.ref} is used.")
    calls.call("ec2", "DeleteSecurityGroup", GroupId=group.ref)


def _ip_permission(rule: Order) -> dict[str, Any]:
    ranges = {
        name: [{**rule.take_all(key), **rule.take_all("Description")}]
        for name, key in (("IpRanges", "CidrIp"), ("Ipv6Ranges", "CidrIpv6"))
        if key in rule.properties
    }
    permission = {**rule.take_all("IpProtocol", "FromPort", "ToPort"), **ranges}
    rule.finish()
    return permission


def _create_key(order: Order) -> Created:
    rotate, days = order.take("EnableKeyRotation"), order.take("RotationPeriodInDays")
    window = order.take("PendingWindowInDays", 30)
    made = order.calls.call(
        "kms",
        "CreateKey",
        Policy=order.take_json("KeyPolicy"),
        Tags=[{f"Tag{name}": tag[name] for name in tag} for tag in order.take("Tags", [])],
        **order.take_all("Description", "KeySpec", "KeyUsage", "MultiRegion"),
    )["KeyMetadata"]
    attributes = {"Arn": made["Arn"], "KeyId": made["KeyId"], "PendingWindowInDays": window}
    order.made = Created(made["KeyId"], attributes)
    if rotate in {True, "true"}:
        order.calls.call("kms", "EnableKeyRotation", KeyId=made["KeyId"], RotationPeriodInDays=days)
    return order.made


def _delete_key(calls: Requests, key: Created) -> None:
    window = key.attributes["PendingWindowInDays"]
    calls.call("kms", "ScheduleKeyDeletion", KeyId=key.ref, PendingWindowInDays=window)


def _create_alias(order: Order) -> Created:
    name = order.need("AliasName")
    order.calls.call("kms", "CreateAlias", AliasName=name, **order.take_all("TargetKeyId"))
    return Created(name)


def _create_topic(order: Order) -> Created:
    name = order.take("TopicName") or order.generated_name(256)
    made = order.calls.call(
        "sns",
        "CreateTopic",
        Name=name,
        Tags=order.take("Tags"),
        Attributes=order.take_all("DisplayName", "KmsMasterKeyId") or None,
    )
    return Created(made["TopicArn"], {"TopicArn": made["TopicArn"], "TopicName": name})


def _create_subscription(order: Order) -> Created:
    made = order.calls.call(
        "sns",
        "Subscribe",
        ReturnSubscriptionArn=True,
        **order.take_all("TopicArn", "Protocol", "Endpoint"),
    )
    return Created(made["SubscriptionArn"], {"Arn": made["SubscriptionArn"]})


def _create_topic_policy(order: Order) -> Created:
    text = order.take_json("PolicyDocument")
    for topic in order.need("Topics"):
        order.calls.call(
            "sns",
            "SetTopicAttributes",
            TopicArn=topic,
            AttributeName="Policy",
            AttributeValue=text,
        )
    return Created(order.generated_name(64))


def _create_rule(order: Order) -> Created:
    name = order.take("Name") or order.generated_name(64)
    targets = order.take("Targets", [])
    arn = order.calls.call(
        "events",
        "PutRule",
        Name=name,
        EventPattern=order.take_json("EventPattern"),
        **order.take_all("Description", "ScheduleExpression", "State", "RoleArn", "Tags"),
    )["RuleArn"]
    order.made = Created(name, {"Arn": arn})
    if targets:
        order.calls.call("events", "PutTargets", Rule=name, Targets=targets)
    return order.made


def _delete_rule(calls: Requests, rule: Created) -> None:
    targets = calls.call("events", "ListTargetsByRule", Rule=rule.ref)["Targets"]
    if targets:
        calls.call("events", "RemoveTargets", Rule=rule.ref, Ids=[t["Id"] for t in targets])
    calls.call("events", "DeleteRule", Name=rule.ref)


def _create_alarm(order: Order) -> Created:
    name = order.take("AlarmName") or order.generated_name(255)
    # PutMetricAlarm takes every property under the name that the template gives it.
    order.calls.call(
        "cloudwatch", "PutMetricAlarm", AlarmName=name, **order.take_all(*order.properties)
    )
    found = order.calls.call("cloudwatch", "DescribeAlarms", AlarmNames=[name])["MetricAlarms"]
    return Created(name, {"Arn": found[0]["AlarmArn"]})


HANDLERS: dict[str, Handler] = {
    **backup_handlers.HANDLERS,
    **restore_testing_handlers.HANDLERS,
    "AWS::IAM::Role": Handler(_create_role, _delete_role),
    "AWS::IAM::Policy": Handler(_create_policy, _delete_policy),
    "AWS::IAM::InstanceProfile": Handler(_create_profile, _delete_profile),
    "AWS::EFS::FileSystem": Handler(
        _create_file_system,
        lambda calls, it: calls.call("efs", "DeleteFileSystem", FileSystemId=it.ref),
    ),
    "AWS::EC2::Instance": Handler(
        _create_instance,
        lambda calls, it: calls.call("ec2", "TerminateInstances", InstanceIds=[it.ref]),
    ),
    "AWS::EC2::SecurityGroup": Handler(_create_security_group, _delete_security_group),
    "AWS::KMS::Key": Handler(_create_key, _delete_key),
    "AWS::KMS::Alias": Handler(
        _create_alias, lambda calls, it: calls.call("kms", "DeleteAlias", AliasName=it.ref)
    ),
    "AWS::SNS::Topic": Handler(
        _create_topic, lambda calls, it: calls.call("sns", "DeleteTopic", TopicArn=it.ref)
    ),
    "AWS::SNS::Subscription": Handler(
        _create_subscription,
        lambda calls, it: calls.call("sns", "Unsubscribe", SubscriptionArn=it.ref),
    ),
    # A topic always has a policy: the handler has nothing to call when this one goes.
    "AWS::SNS::TopicPolicy": Handler(_create_topic_policy, lambda _calls, _it: {}),
    "AWS::Events::Rule": Handler(_create_rule, _delete_rule),
    "AWS::CloudWatch::Alarm": Handler(
        _create_alarm,
        lambda calls, it: calls.call("cloudwatch", "DeleteAlarms", AlarmNames=[it.ref]),
    ),
}
"""One row per resource type; a type that is missing here cannot be deployed."""
