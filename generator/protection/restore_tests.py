"""The restore tests of a stack: when AWS Backup restores what, and what it gives an instance.

https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing.html
"""

import re
from collections.abc import Iterator, Mapping
from ipaddress import ip_network
from typing import Any

from generator.cloudformation.read import entry
from generator.protection.abilities import EC2
from generator.protection.model import Launch, RestorePlan, RestoreTest, Tag
from generator.protection.resource_types import TESTED
from generator.protection.texts import Stack, maps, number, text, texts

# What AWS Backup takes where a plan says nothing.
_START_WINDOW, _WINDOW = 24, 30
_ALGORITHMS = {"LATEST_WITHIN_WINDOW": True, "RANDOM_WITHIN_WINDOW": False}
_TAG = "aws:ResourceTag/"


def restore_plans(stack: Stack) -> dict[str, RestorePlan]:
    """Return the plans of restore tests, by logical id."""
    found = {}
    for name, plan in stack.of_type("AWS::Backup::RestoreTestingPlan"):
        points = entry(plan, "RecoveryPointSelection")
        found[name] = RestorePlan(
            name=stack.ref(name),
            schedule=text(plan.get("ScheduleExpression")),
            zone=text(plan.get("ScheduleExpressionTimezone")) or "UTC",
            start_window=number(plan.get("StartWindowHours"), _START_WINDOW) or 0,
            newest=_ALGORITHMS.get(text(points.get("Algorithm"))),
            window=number(points.get("SelectionWindowDays"), _WINDOW) or 0,
            kinds=texts(points.get("RecoveryPointTypes")),
            vaults=texts(points.get("IncludeVaults")),
            without=texts(points.get("ExcludeVaults")),
        )
    return found


def restore_tests(stack: Stack, plans: Mapping[str, RestorePlan]) -> Iterator[RestoreTest]:
    """Yield what the plans, which are by logical id, restore."""
    by_reference = {plan.name: plan for plan in plans.values()}
    for name, plan in stack.of_type("AWS::Backup::RestoreTestingPlan"):
        by_reference[text(plan.get("RestoreTestingPlanName"))] = plans[name]
    for _, selection in stack.of_type("AWS::Backup::RestoreTestingSelection"):
        word = text(selection.get("ProtectedResourceType"))
        types = TESTED.get(word.lower(), (word,))
        arns = texts(selection.get("ProtectedResourceArns"))
        yield RestoreTest(
            plan=by_reference.get(text(selection.get("RestoreTestingPlanName"))),
            types=types,
            arns=() if "*" in arns else arns,
            tags=frozenset(
                Tag(operator, text(test.get("Key")).removeprefix(_TAG), text(test.get("Value")))
                for operator, tests in entry(selection, "ProtectedResourceConditions").items()
                for test in maps(tests)
            ),
            role=text(selection.get("IamRoleArn")),
            validation=number(selection.get("ValidationWindowHours")),
            launch=_launch(stack, selection) if types == (EC2,) else None,
        )


def _launch(stack: Stack, selection: Mapping[str, Any]) -> Launch:
    overrides = {
        key.lower(): text(value)
        for key, value in entry(selection, "RestoreMetadataOverrides").items()
    }
    profile = overrides.get("iaminstanceprofilename", "")
    # A list in a text, as JSON.
    groups = tuple(re.findall('"([^"]*)"', overrides.get("securitygroupids", "")))
    return Launch(
        profile="" if profile == "null" else profile,
        groups=groups,
        subnet=overrides.get("subnetid", ""),
        ways=_ways(stack, groups),
    )


def _ways(stack: Stack, groups: tuple[str, ...]) -> frozenset[str] | None:
    """Return what security groups let in or out; None: none is given, or one is elsewhere."""
    made = {
        reference: (name, properties)
        for name, properties in stack.of_type("AWS::EC2::SecurityGroup")
        for reference in (stack.ref(name), stack.attribute(name, "GroupId"))
    }
    if not groups or not made.keys() >= {*groups}:
        return None
    return frozenset(way for each in groups for way in _ways_of(stack, *made[each]))


def _ways_of(stack: Stack, name: str, properties: Mapping[str, Any]) -> Iterator[str]:
    # Only a rule in the group itself replaces the one that EC2 makes, which lets everything out.
    if not properties.get("SecurityGroupEgress"):
        yield "out to everything"
    references = (stack.ref(name), stack.attribute(name, "GroupId"))
    for key, direction in (("SecurityGroupIngress", "in from"), ("SecurityGroupEgress", "out to")):
        inside = properties.get(key) or []
        rules = maps(inside) if isinstance(inside, list) else [{"SourceSecurityGroupId": inside}]
        rules += [
            rule
            for _, rule in stack.of_type(f"AWS::EC2::{key}")
            if text(rule.get("GroupId")) in references
        ]
        yield from (f"{direction} {_whom(rule)}" for rule in rules if not _is_itself(rule))


def _is_itself(rule: Mapping[str, Any]) -> bool:
    """Return whether a rule is about addresses that never leave the instance."""
    try:
        return ip_network(_address(rule), strict=False).is_loopback
    except ValueError:  # unknown, or none
        return False


def _address(rule: Mapping[str, Any]) -> str:
    return text(rule.get("CidrIp")) or text(rule.get("CidrIpv6"))


def _whom(rule: Mapping[str, Any]) -> str:
    others = [text(value) for key, value in rule.items() if key.startswith(("Source", "Dest"))]
    whom = next(filter(None, [_address(rule), *others]), "somewhere")
    protocol = text(rule.get("IpProtocol"))
    ports = [text(rule[key]) for key in ("FromPort", "ToPort") if key in rule]
    how = " ".join([protocol, *["-".join(dict.fromkeys(ports))] * bool(ports)])
    return whom if protocol in ("", "-1") else f"{whom} ({how})"
