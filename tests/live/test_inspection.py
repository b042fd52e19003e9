"""Which stack is asked about, and what is said of it as a whole."""

import json
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from generator.live.findings import STACK, Verdict
from generator.live.inspection import NoStackError
from tests.live.asking import NOW, asked, found
from tests.local_aws.cluster import NAME, Cluster, healthy_cluster
from tests.local_aws.faulty_proxy import Answer
from tests.local_aws.front import Exchange

MAIN, BACKUP = 0, 1
"""The places of the main stack and of the nested one among the cluster's stacks."""


@pytest.fixture
def healthy(endpoint_url: str) -> Iterator[Cluster]:
    """Give a healthy cluster on an afternoon."""
    with healthy_cluster(endpoint_url, NOW) as cluster:
        yield cluster


def described(cluster: Cluster, which: int) -> dict[str, Any]:
    return cluster.here.stacks[which].described


def test_a_stack_is_found_by_any_of_its_names(healthy: Cluster) -> None:
    main, backup = (described(healthy, which) for which in (MAIN, BACKUP))
    for name in (NAME, main["StackId"], backup["StackName"], backup["StackId"]):
        assert asked(healthy, name).stack == backup["StackName"]


def test_a_stack_that_is_not_there_is_no_traceback(healthy: Cluster) -> None:
    described(healthy, BACKUP)["StackStatus"] = "DELETE_COMPLETE"
    for name in ("nothing", described(healthy, BACKUP)["StackId"]):
        with pytest.raises(NoStackError, match=rf"there is no stack '{name}' in us-east-1"):
            asked(healthy, name)


def test_another_stack_is_refused(healthy: Cluster) -> None:
    with pytest.raises(NoStackError, match=r"'restore-testing' is no stack of Backup\.template"):
        asked(healthy, "restore-testing")


def test_of_several_nested_stacks_one_has_to_be_named(healthy: Cluster) -> None:
    nested = healthy.here.stacks[MAIN].resources
    [backup] = [each for each in nested if each["LogicalResourceId"] == "Backup"]
    nested.append({**backup, "LogicalResourceId": "Backup2"})
    with pytest.raises(NoStackError, match=r"nests several backup stacks: give one of"):
        asked(healthy)


def test_a_stack_that_is_being_made_has_no_backup_stack_yet(healthy: Cluster) -> None:
    described(healthy, MAIN)["StackStatus"] = "CREATE_IN_PROGRESS"
    described(healthy, BACKUP)["Outputs"] = []
    with pytest.raises(NoStackError, match=r"'mycluster' is being changed \(CREATE_IN_PROGRESS\)"):
        asked(healthy)


def test_a_stack_that_is_being_changed_is_not_compared(healthy: Cluster) -> None:
    described(healthy, BACKUP)["StackStatus"] = "UPDATE_IN_PROGRESS"
    inspection = asked(healthy)
    first, *others = inspection.answers
    assert (first.question, first.verdict) == (STACK, Verdict.NOT_CHECKED)
    assert {each.verdict for each in others} <= {Verdict.WELL, Verdict.TO_KNOW}
    assert inspection.is_well


def test_without_its_template_a_stack_is_checked_by_what_is_there(healthy: Cluster) -> None:
    healthy.deny("cloudformation.GetTemplate")
    [selection] = [
        each
        for each in next(iter(healthy.here.selections.values())).values()
        if each["SelectionName"].startswith("Tag")
    ]
    selection["Resources"] = selection["Resources"][:1]  # of three types the first
    inspection = asked(healthy)
    assert inspection.conclusion.startswith("Tonight's backup will run for 2 of 4 resources")
    assert inspection.is_well is False


def test_one_reason_of_several_resources_is_told_of_each(healthy: Cluster) -> None:
    for name in ("EFSApps", "EFSData"):
        healthy.tag(healthy.resource(name).arn, {"soca:BackupPlan": "Soca-mycluster"})
    apps, data = (healthy.main.resources[name] for name in ("EFSApps", "EFSData"))
    assert asked(healthy).conclusion == (
        f"Tonight's backup will run for 2 of 4 resources; each of {apps}, {data} is not selected: "
        "it carries soca:BackupPlan=Soca-mycluster, not soca:BackupPlan=soca-mycluster."
    )


def test_a_backup_that_is_not_tonights_is_named_by_its_day(endpoint_url: str) -> None:
    weekly = {"BackupSchedule": "cron(0 5 ? * SUN *)"}
    with healthy_cluster(endpoint_url, NOW, **weekly) as cluster:
        inspection = asked(cluster)
    assert inspection.conclusion.startswith("The backup of 2026-11-29 will run for 4 of 4")
    assert inspection.hours == 7 * 24 + 1 + 2


def test_a_rule_that_is_not_in_the_preview_is_read(endpoint_url: str) -> None:
    with healthy_cluster(endpoint_url, NOW, MonthlyRetention="1-year") as cluster:
        inspection = asked(cluster)
        names = [(each.rule, f"{each.at:%m-%d}") for each in inspection.starts]
    assert names == [("SOCADailyBackup", "11-26"), ("SOCAMonthlyBackup", "12-01")]


@pytest.mark.parametrize(("given", "jobs"), [(12, "4 backups"), (10, "0 backups")])
def test_the_jobs_of_so_many_hours_are_looked_at(given: int, jobs: str, healthy: Cluster) -> None:
    inspection = asked(healthy, since=given)
    assert inspection.hours == given
    assert inspection.answers[4].summary.startswith(jobs)


def test_what_may_have_got_its_tag_today_is_told_to_wait(healthy: Cluster) -> None:
    arn = healthy.resource("EFSData").arn
    for its in (healthy.here.points, healthy.here.jobs, healthy.here.copy_jobs):
        its[:] = [each for each in its if each["ResourceArn"] != arn]
    [finding] = [f for f in asked(healthy).answers[1].findings if f.verdict is Verdict.NOT_WELL]
    assert finding.advice.startswith("if it was tagged after 2026-11-25 05:00 UTC, wait for the ")


def test_a_parameter_that_the_stack_hides_is_not_guessed(healthy: Cluster) -> None:
    hidden = {"ParameterKey": "ClusterId", "ParameterValue": "****"}
    described(healthy, BACKUP)["Parameters"][:] = [
        hidden if each["ParameterKey"] == "ClusterId" else each
        for each in described(healthy, BACKUP)["Parameters"]
    ]
    inspection = asked(healthy)
    assert inspection.is_well is None
    assert "the stack does not show its parameter ClusterId" in {
        each.text.partition(" (")[0] for each in inspection.answers[1].findings
    }


def test_times_are_those_of_utc(healthy: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    healthy.jobs(healthy.resource("EFSData"))[0] |= {"State": "PARTIAL", "StatusMessage": "3 lost"}
    before = [one.text for one in found(asked(healthy))]
    monkeypatch.setenv("TZ", "Pacific/Kiritimati")
    time.tzset()
    try:
        inspection = asked(healthy)
    finally:
        monkeypatch.delenv("TZ")
        time.tzset()
    assert [one.text for one in found(inspection)] == before
    assert {each.strip[-1] for each in inspection.resources} == {"#"}
    assert inspection.at - timedelta(0) == NOW


def test_what_is_gone_is_not_missed_though_it_is_still_listed(healthy: Cluster) -> None:
    its = healthy.resource("EFSApps")

    def without_it(exchange: Exchange) -> Answer:
        answer = exchange.answer()
        said = json.loads(answer.body)
        said["FileSystems"] = [
            each for each in said["FileSystems"] if each["FileSystemId"] != its.id
        ]
        body = json.dumps(said).encode()
        return Answer(200, {**answer.headers, "content-length": str(len(body))}, body)

    healthy.happens("efs.DescribeFileSystems", without_it)
    inspection = asked(healthy)
    assert its.arn not in {each.arn for each in inspection.resources}
    assert inspection.is_well
