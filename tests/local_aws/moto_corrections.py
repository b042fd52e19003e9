"""What moto 5.2.5 answers otherwise than AWS: pages, and what it forgets or never learns."""

from functools import partial
from typing import Any

from tests.local_aws.errors import AnsweredError
from tests.local_aws.front import Moto, Parameters, Serves
from tests.local_aws.served import Paging, Served, page, without_none

_EFS = Paging("MaxItems", "Marker", 100)
_ALARMS = Paging("MaxRecords", "NextToken", 50)
_CUT: dict[str, tuple[str, Paging, tuple[str, ...]]] = {
    "ec2.DescribeVolumes": ("Volumes", Paging(), ("VolumeIds", "Filters")),
    "iam.ListRolePolicies": ("PolicyNames", Paging("MaxItems", "Marker", 100), ("RoleName",)),
}
"""What moto answers on one page: the member, its pages, and the parameters that moto knows."""


def _cut(call: str, served: Served, asked: Parameters, moto: Moto) -> dict[str, Any]:
    member, paging, taken = _CUT[call]
    answer = moto()
    answer[member], following = page(served, asked, answer[member], paging)
    for name in taken:
        asked.pop(name, None)
    if "IsTruncated" in answer:
        answer["IsTruncated"] = bool(following)
    return without_none({**answer, paging.token: following})


def _efs_file_systems(served: Served, asked: Parameters, moto: Moto) -> dict[str, Any]:
    """Moto has 10 on a page where EFS has 100."""
    from moto.efs.models import efs_backends

    if "FileSystemId" in asked:
        del asked["FileSystemId"]
        return moto()
    backend = efs_backends[served.account][served.region]
    found = [
        {
            name: value
            for name, value in each.info_json().items()
            if name not in ("LifecyclePolicies", "FileSystemPolicy") and value is not None
        }
        for each in backend.file_systems_by_id.values()
    ]
    shown, token = page(served, asked, found, _EFS)
    return without_none({"FileSystems": shown, "NextMarker": token})


def _alarms(served: Served, asked: Parameters, moto: Moto) -> dict[str, Any]:
    """Moto forgets the warm-up; and of its time of creation nobody can tell it."""
    answer = moto()
    alarms = [{**each, **served.alarms[each["AlarmName"]]} for each in answer["MetricAlarms"]]
    shown, token = page(served, asked, alarms, _ALARMS)
    for name in ("AlarmNames", "AlarmNamePrefix"):
        asked.pop(name, None)
    if asked.pop("AlarmTypes", ["MetricAlarm"]) != ["MetricAlarm"]:
        shown = []
    return without_none({**answer, "MetricAlarms": shown, "NextToken": token})


def _subscriptions(served: Served, asked: Parameters, moto: Moto) -> dict[str, Any]:
    """Moto confirms every subscription itself."""
    asked.clear()
    answer = moto()
    for each in answer["Subscriptions"]:
        if each["Endpoint"] in served.unconfirmed:
            each["SubscriptionArn"] = "PendingConfirmation"
    return answer


def _topic(served: Served, asked: Parameters, moto: Moto) -> dict[str, Any]:
    """Moto counts neither."""
    from moto.sns.models import sns_backends

    topic, answer = asked.pop("TopicArn"), moto()
    backend = sns_backends[served.account][served.region]
    hears, _ = backend.list_subscriptions_by_topic(topic)
    pending = sum(each.endpoint in served.unconfirmed for each in hears)
    answer["Attributes"]["SubscriptionsConfirmed"] = str(len(hears) - pending)
    answer["Attributes"]["SubscriptionsPending"] = str(pending)
    return answer


def _key_policy(served: Served, asked: Parameters, _: Moto) -> dict[str, Any]:
    """Moto wants the name of the policy, which is always this one."""
    from moto.kms.models import kms_backends

    backend = kms_backends[served.account][served.region]
    name = asked.pop("PolicyName", "default")
    key = backend.keys.get(backend.get_key_id(asked["KeyId"]))
    if not key:
        raise AnsweredError("NotFoundException", f"Key '{asked['KeyId']}' does not exist")
    del asked["KeyId"]
    return {"Policy": key.policy, "PolicyName": name}


def _key(served: Served, asked: Parameters, moto: Moto) -> dict[str, Any]:
    """To moto every key is a customer's."""
    from moto.kms.models import kms_backends

    del asked["KeyId"]
    answer = moto()
    key = kms_backends[served.account][served.region].keys[answer["KeyMetadata"]["KeyId"]]
    if any(alias.startswith("alias/aws/") for alias in key.aliases):
        answer["KeyMetadata"]["KeyManager"] = "AWS"
    return answer


def serves(served: Served) -> dict[str, Serves]:
    """Return who answers which call."""
    return {
        **{call: partial(_cut, call, served) for call in _CUT},
        "efs.DescribeFileSystems": partial(_efs_file_systems, served),
        "cloudwatch.DescribeAlarms": partial(_alarms, served),
        "sns.ListSubscriptionsByTopic": partial(_subscriptions, served),
        "sns.GetTopicAttributes": partial(_topic, served),
        "kms.DescribeKey": partial(_key, served),
        "kms.GetKeyPolicy": partial(_key_policy, served),
    }
