"""The local AWS is as strict as AWS: otherwise what reads it could be wrong and pass."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError
from botocore.parsers import ResponseParserError

from generator.live.calls import CALLS
from tests.local_aws.cluster import EMAIL, Cluster, healthy_cluster
from tests.local_aws.service_faults import breaks_off, hangs_up, never_answers, says

Ask = Callable[..., dict[str, Any]]


@pytest.fixture
def ask(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Give what makes a call as a stranger does."""
    for name, value in cluster.environment.items():
        monkeypatch.setenv(name, value)
    return asking(patience=30)


def asking(patience: float) -> Ask:
    session: Any = boto3.Session()
    once = Config(retries={"total_max_attempts": 1}, read_timeout=patience)

    def call(name: str, **parameters: Any) -> Any:
        service, operation = name.split(".")
        client = session.client(service, config=once)
        method = next(k for k, v in client.meta.method_to_api_mapping.items() if v == operation)
        return getattr(client, method)(**parameters)

    return call


def lists(cluster: Cluster) -> dict[str, tuple[dict[str, Any], str, str, str, int]]:
    """Return the calls that have pages: parameters, list, tokens of answer and request, length."""
    role = {"RoleName": cluster.backup.outputs["BackupRoleName"]}
    tag = [{"Key": "soca:ClusterId"}]
    plan = {"BackupPlanId": cluster.backup.outputs["BackupPlanId"]}
    token = ("NextToken", "NextToken")
    return {
        "cloudformation.DescribeStacks": ({}, "Stacks", *token, 3),
        "cloudformation.ListStackResources": (
            {"StackName": "mycluster"},
            "StackResourceSummaries",
            *token,
            8,
        ),
        "backup.ListBackupJobs": ({}, "BackupJobs", *token, 120),
        "backup.ListBackupSelections": (plan, "BackupSelectionsList", *token, 2),
        "backup.ListCopyJobs": ({}, "CopyJobs", *token, 120),
        "backup.ListRecoveryPointsByBackupVault": (
            {"BackupVaultName": cluster.vault},
            "RecoveryPoints",
            *token,
            120,
        ),
        "backup.ListRestoreJobs": ({}, "RestoreJobs", *token, 2),
        "resourcegroupstaggingapi.GetResources": (
            {"TagFilters": tag, "ResourceTypeFilters": ["ec2:instance", "elasticfilesystem"]},
            "ResourceTagMappingList",
            "PaginationToken",
            "PaginationToken",
            5,
        ),
        "ec2.DescribeVolumes": ({}, "Volumes", *token, 3),
        "efs.DescribeFileSystems": ({}, "FileSystems", "NextMarker", "Marker", 2),
        "iam.ListRolePolicies": (role, "PolicyNames", "Marker", "Marker", 7),
        "cloudwatch.DescribeAlarms": ({}, "MetricAlarms", *token, 3),
    }


def test_a_reader_that_forgets_pages_misses_something(cluster: Cluster, ask: Ask) -> None:
    cluster.here.most_per_page = 2
    for call, (parameters, member, answered, asked, number) in lists(cluster).items():
        found: list[Any] = []
        token: dict[str, Any] = {}
        for _ in range(100):
            answer = ask(call, **parameters, **token)
            assert len(answer[member]) <= 2, call
            found += answer[member]
            if not answer.get(answered):
                break
            token = {asked: answer[answered]}
        assert len(found) == len({repr(each) for each in found}) == number, call


def test_a_token_belongs_to_its_question(ask: Ask) -> None:
    token = ask("backup.ListBackupJobs", MaxResults=1)["NextToken"]
    with pytest.raises(ClientError, match="another question"):
        ask("backup.ListBackupJobs", MaxResults=1, NextToken=token, ByState="FAILED")


def test_filters(cluster: Cluster, ask: Ask) -> None:
    since = cluster.now - timedelta(hours=26)
    scheduler = cluster.resource("Scheduler")
    cluster.jobs(scheduler)[0]["State"] = "FAILED"
    vault = cluster.vault
    test = cluster.here.restore_plans[0]["RestoreTestingPlanArn"]
    examples: list[tuple[str, str, dict[str, Any], int]] = [
        ("ListBackupJobs", "BackupJobs", {"ByCreatedAfter": since}, 4),
        ("ListBackupJobs", "BackupJobs", {"ByState": "FAILED", "ByBackupVaultName": vault}, 1),
        ("ListBackupJobs", "BackupJobs", {"ByBackupVaultName": "another"}, 0),
        ("ListCopyJobs", "CopyJobs", {"ByCreatedAfter": since, "ByResourceType": "EFS"}, 2),
        ("ListRestoreJobs", "RestoreJobs", {"ByRestoreTestingPlanArn": test}, 2),
        ("ListRestoreJobs", "RestoreJobs", {"ByRestoreTestingPlanArn": f"{test}x"}, 0),
        (
            "ListRecoveryPointsByBackupVault",
            "RecoveryPoints",
            {"BackupVaultName": vault, "ByResourceArn": scheduler.arn, "ByCreatedAfter": since},
            1,
        ),
    ]
    for call, member, parameters, number in examples:
        assert len(ask(f"backup.{call}", **parameters)[member]) == number, (call, parameters)


@pytest.mark.parametrize(
    ("kinds", "key", "values", "number"),
    [
        (["ec2:instance", "ec2:volume"], "soca:BackupPlan", ["soca-mycluster"], 1),
        (["ec2:instance"], "soca:ClusterId", [], 3),
        (["elasticfilesystem:file-system"], "soca:BackupPlan", ["SOCA-mycluster"], 0),
        (["fsx:file-system"], "soca:BackupPlan", ["other", "soca-mycluster"], 1),
        (["fsx"], "soca:BackupPlan", [], 31),  # with the recovery points of 30 nights
    ],
)
def test_tags_are_found_by_key_value_and_type(
    ask: Ask, kinds: list[str], key: str, values: list[str], number: int
) -> None:
    tag = {"Key": key, **({"Values": values} if values else {})}
    found = ask(
        "resourcegroupstaggingapi.GetResources", TagFilters=[tag], ResourceTypeFilters=kinds
    )
    assert len(found["ResourceTagMappingList"]) == number


def test_a_changed_tag_is_found(cluster: Cluster, ask: Ask) -> None:
    for name in ("Scheduler", "EFSData", "Lustre"):
        cluster.tag(cluster.resource(name).arn, {"soca:BackupPlan": None, "edh:BackupPlan": "x"})
    for key, number in (("soca:BackupPlan", 1), ("edh:BackupPlan", 3)):
        found = ask(
            "resourcegroupstaggingapi.GetResources",
            TagFilters=[{"Key": key}],
            ResourceTypeFilters=[
                "ec2:instance",
                "elasticfilesystem:file-system",
                "fsx:file-system",
            ],
        )
        assert len(found["ResourceTagMappingList"]) == number, key


def test_a_vault_that_is_not_there_looks_denied(ask: Ask) -> None:
    with pytest.raises(ClientError, match=r"AccessDenied.*Insufficient privileges"):
        ask("backup.DescribeBackupVault", BackupVaultName="none")


def test_nobody_confirmed_the_subscription(cluster: Cluster, ask: Ask) -> None:
    topic = {"TopicArn": cluster.backup.outputs["AlertTopicArn"]}
    for pending in (False, True):
        cluster.here.unconfirmed = {EMAIL} if pending else set()
        [one] = ask("sns.ListSubscriptionsByTopic", **topic)["Subscriptions"]
        assert (one["SubscriptionArn"] == "PendingConfirmation") == pending
        counted = ask("sns.GetTopicAttributes", **topic)["Attributes"]["SubscriptionsPending"]
        assert counted == str(int(pending))


def least(call: str) -> dict[str, Any]:
    """Return parameters with which botocore sends the call."""
    client = boto3.client(CALLS[call].service)  # type: ignore[call-overload] # any service
    shape = client.meta.service_model.operation_model(CALLS[call].operation).input_shape
    return dict.fromkeys(shape.required_members, "x" * 20)


def test_every_call_can_be_denied_and_throttled(cluster: Cluster, ask: Ask) -> None:
    for call in CALLS:
        for how, codes in (
            (cluster.deny, ("AccessDenied", "Unauthorized", "AuthorizationError")),
            (cluster.throttle, ("Throttling", "RequestLimitExceeded")),
        ):
            cluster.front.heal()
            how(call)
            with pytest.raises(ClientError) as error:
                ask(call, **least(call))
            assert error.value.response["Error"]["Code"].startswith(codes), call
    assert {seen.call for seen in cluster.seen} == {*CALLS}


@pytest.mark.parametrize("call", ["backup.ListBackupJobs", "ec2.DescribeVolumes"])
@pytest.mark.usefixtures("ask")
def test_the_network_can_fail(cluster: Cluster, call: str) -> None:
    for happens, error in ((hangs_up, ConnectionClosedError), (never_answers, ReadTimeoutError)):
        cluster.front.heal()
        cluster.happens(call, happens)
        with pytest.raises(error):
            asking(patience=1)(call)


def test_an_answer_can_be_cut_or_somebody_elses(cluster: Cluster, ask: Ask) -> None:
    for happens in (breaks_off, says(b"<html>Welcome to the hotel")):
        cluster.front.heal()
        cluster.happens("", happens)
        with pytest.raises(ResponseParserError):
            ask("ec2.DescribeVolumes")
        # Who reads JSON has to see for himself that the list is missing.
        assert "BackupJobs" not in ask("backup.ListBackupJobs")


def test_a_page_can_fail_after_others(cluster: Cluster, ask: Ask) -> None:
    cluster.refuse("backup.ListBackupJobs", "InternalFailure", 500, after=1)
    token = ask("backup.ListBackupJobs", MaxResults=1)["NextToken"]
    with pytest.raises(ClientError, match="InternalFailure"):
        ask("backup.ListBackupJobs", MaxResults=1, NextToken=token)


def test_what_no_client_of_aws_could_get_breaks_the_test(endpoint_url: str) -> None:
    def wrong() -> None:
        with healthy_cluster(endpoint_url) as cluster:
            cluster.here.jobs[0]["State"] = "DONE"
            with pytest.raises(ClientError):
                cluster.aws.client("backup").list_backup_jobs()

    with pytest.raises(AssertionError, match="'DONE' is not one of"):
        wrong()


def test_what_is_not_served_breaks_the_test(endpoint_url: str) -> None:
    with (
        pytest.raises(AssertionError, match="ByAccountId"),
        healthy_cluster(endpoint_url) as cluster,
        pytest.raises(ClientError),
    ):
        cluster.aws.client("backup").list_backup_jobs(ByAccountId="123456789012")


def test_it_answers_several_at_the_same_time(cluster: Cluster, ask: Ask) -> None:
    calls = ["backup.ListBackupJobs", "ec2.DescribeInstances", "cloudwatch.DescribeAlarms"] * 8
    cluster.front.latency_seconds = 0.1
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, calls))
    assert all(answers)
    assert len(cluster.seen) == 24
