"""Restore tests: named, timed and aimed as AWS Backup takes it, and harmless to the cluster.

Each test's docstring names a slip of one line, in parts/restore_tests.py, that makes it fail.
"""

import re
from typing import Any

import pytest

from tests.local_aws.evaluation import Resolved
from tests.support.generated import TESTS, all_on, of_type, resolved, template, without_rules
from tests.support.parameter_values import COMPANIONS, ON, VALUES, on

PLAN, SELECTION = "AWS::Backup::RestoreTestingPlan", "AWS::Backup::RestoreTestingSelection"
GROUP = "AWS::EC2::SecurityGroup"
EC2 = on("TestEC2", "TestVpcId", "TestSubnetId")


def _plan(**given: str) -> dict[str, Any]:
    [plan] = of_type(resolved(of=TESTS, **given), PLAN).values()
    return plan


def _selections(made: Resolved) -> dict[str, dict[str, Any]]:
    found = of_type(made, SELECTION).values()
    return {selection["ProtectedResourceType"]: selection for selection in found}


@pytest.mark.parametrize(
    "cluster",
    [*VALUES["ClusterId"].good, "-".join("0123456789aZ_xyz"), "a" + "-" * 42, "9" + "_" * 42],
)
def test_the_plans_name_has_only_what_aws_backup_takes(cluster: str) -> None:
    """Slip: ``RestoreTestingPlanName=name`` in the plan: it would fail for most clusters."""
    name = _plan(ClusterId=cluster)["RestoreTestingPlanName"]
    assert re.fullmatch("[A-Za-z0-9_]{1,50}", name)
    assert name == f"Test_{cluster.replace('-', '_')}"
    # No other sign gets here.
    declared = template(TESTS)["Parameters"]["ClusterId"]
    assert declared["AllowedPattern"] == "^[A-Za-z0-9][A-Za-z0-9_-]{1,42}$"


def test_two_clusters_that_give_one_name_are_described() -> None:
    """Slip: cut the sentence about a-b and a_b from the description of ``ClusterId``."""
    described = template(TESTS)["Parameters"]["ClusterId"]["Description"]
    assert "a-b and a_b only one" in described


@pytest.mark.parametrize("given", [{}, on("TestScheduleTimezone"), all_on(TESTS)])
def test_time_zone_and_start_window_are_always_written(given: dict[str, str]) -> None:
    """Slip: ``HAS_TIMEZONE.then(Ref(TEST_SCHEDULE_TIMEZONE))``, or no start window.

    An update that leaves them out keeps the old ones.
    """
    plan = _plan(**given)
    assert plan["ScheduleExpressionTimezone"] == given.get("TestScheduleTimezone", "Etc/UTC")
    assert 1 <= int(plan["StartWindowHours"]) <= 168


@pytest.mark.parametrize(("chosen", "algorithm"), [("newest", "LATEST"), ("random", "RANDOM")])
@pytest.mark.parametrize("days", COMPANIONS["SelectionWindowDays"].good)
def test_what_is_restored_is_not_in_cold_storage(chosen: str, algorithm: str, days: str) -> None:
    """Slip: ``MaxValue=35`` of SelectionWindowDays.

    Monthly backups of EFS are moved to cold storage after 30 days.
    """
    plan = _plan(RecoveryPoint=chosen, SelectionWindowDays=days)
    assert plan["RecoveryPointSelection"] == {
        "Algorithm": f"{algorithm}_WITHIN_WINDOW",
        "IncludeVaults": [ON["BackupVaultArn"]],
        "RecoveryPointTypes": ["SNAPSHOT"],
        "SelectionWindowDays": days,
    }
    declared = template(TESTS)["Parameters"]["SelectionWindowDays"]
    assert int(declared["Default"]) <= int(declared["MaxValue"]) < 30


def test_by_default_tests_are_monthly_and_not_while_the_cluster_is_backed_up() -> None:
    """Slip: ``default="cron(0 5 2 * ? *)"``, the hour of the backups."""
    assert re.fullmatch(r"cron\(\d+ (?!5 )\d+ [2-9] \* \? \*\)", _plan()["ScheduleExpression"])


def test_every_type_is_restored_by_the_role_of_the_backup_stack() -> None:
    """Slip: select by ``ProtectedResourceConditions`` beside, or ``IamRoleArn`` of another role.

    Alerts look at the role; conditions look at the tags of recovery points, not of resources.
    """
    selections = _selections(resolved(of=TESTS, **EC2))
    assert set(selections) == {"EFS", "EBS", "EC2"}
    for selection in selections.values():
        assert selection["IamRoleArn"] == ON["BackupRoleArn"]
        assert selection["ProtectedResourceArns"] == ["*"]
        assert "ProtectedResourceConditions" not in selection


@pytest.mark.parametrize("hours", COMPANIONS["ValidationWindowHours"].good)
def test_an_instance_lives_one_hour_whatever_the_others_do(hours: str) -> None:
    """Slip: ``hours`` for ``1`` in the selection of EC2."""
    selections = _selections(resolved(of=TESTS, ValidationWindowHours=hours, **EC2))
    kept = {name: selection["ValidationWindowHours"] for name, selection in selections.items()}
    assert kept == {"EFS": hours, "EBS": hours, "EC2": "1"}


def test_no_parameter_gives_a_restored_instance_a_profile_or_another_network() -> None:
    """Slip: add ``"iamInstanceProfileName": "UseBackedUpValue"`` to the overrides.

    A restored scheduler is a second live one: it must be allowed nothing and reach nobody.
    """
    group = '["<SOCARestoreTestSecurityGroup.GroupId>"]'
    tested = 0
    for name in template(TESTS)["Parameters"]:
        for value in {**VALUES, **COMPANIONS}[name].good:
            made = without_rules(of=TESTS, **{**EC2, name: value})
            assert "profile" not in str(made.resources).lower()
            if instances := _selections(made).get("EC2"):
                subnet = made.parameters["TestSubnetId"]
                overrides = {"securityGroupIds": group, "subnetId": subnet}
                assert instances["RestoreMetadataOverrides"] == overrides
                tested += 1
    assert tested > len(template(TESTS)["Parameters"])


@pytest.mark.parametrize("lacks", [{"TestVpcId": ""}, {"TestSubnetId": ""}, {"TestEC2": "no"}])
def test_without_a_place_nothing_is_made_for_instances(lacks: dict[str, str]) -> None:
    """Slip: ``And(TEST_EC2.is_on, TEST_VPC_ID.is_given)`` in TestsEC2: AWS picks the subnet."""
    made = without_rules(of=TESTS, **{**EC2, **lacks})
    assert set(_selections(made)) == {"EFS", "EBS"}
    assert of_type(made, GROUP) == {}
    assert made.outputs["TestedTypes"] == "tested: EFS EBS"


@pytest.mark.parametrize("given", [EC2, all_on(TESTS)])
def test_the_group_has_one_way_out_and_it_leads_to_the_instance_itself(
    given: dict[str, str],
) -> None:
    """Slip: drop ``SecurityGroupEgress``: then everything may go out.

    With a rule of its own, CloudFormation adds none, of neither family of addresses.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroup.html
    """
    made = resolved(of=TESTS, **given)
    [group] = of_type(made, GROUP).values()
    assert "SecurityGroupIngress" not in group
    [way] = group["SecurityGroupEgress"]
    assert way.pop("Description")
    assert way == {"IpProtocol": "-1", "CidrIp": "127.0.0.1/32"}
    # No other resource opens it.
    assert {kind for kind in made.types.values() if kind.startswith("AWS::EC2::")} == {GROUP}
