"""When nothing is backed up, an alarm rings that somebody hears; when all is well, none does."""

from typing import Any

import pytest

from generator.stacks import MAIN
from tests.local_aws.alarms import longest_allowed_seconds, rings
from tests.support.generated import COPIES, of_type, template, with_names
from tests.support.parameter_values import CLUSTER, REGIONS, on

VAULT = f"Vault-{CLUSTER}"
PREFIX, SUFFIX = "SOCABackupSilence", "Alarm"


def _alarms(
    region: str = "us-east-1", /, *, of: str = MAIN, **given: str
) -> dict[str, dict[str, Any]]:
    values = {**on("NotificationEmail"), **given}
    made = with_names({"SOCABackupVault": VAULT}, region, of=of, **values)
    return of_type(made, "AWS::CloudWatch::Alarm")


def _dimensions(alarm: dict[str, Any]) -> dict[str, str]:
    return {one["Name"]: one["Value"] for one in alarm["Dimensions"]}


# Hours at which a backup of each type completed: nightly at 05:00, from the hour of creation, 0.
# An hour is one period.
DAYS = 10
NIGHTLY = [24 * day + 6 for day in range(DAYS)]
NIGHTS: dict[str, dict[str, list[int]]] = {
    "everything ran": {"EFS": NIGHTLY, "EC2": NIGHTLY},
    "EFS is silent while EC2 runs": {"EFS": [], "EC2": NIGHTLY},
    "EC2 falls silent after three nights": {"EFS": NIGHTLY, "EC2": NIGHTLY[:3]},
    # The third night's backup of EFS takes 20 hours more; the fourth is on time.
    "one slow night": {"EFS": [*NIGHTLY[:2], NIGHTLY[2] + 20, *NIGHTLY[3:]], "EC2": NIGHTLY},
    "one night failed": {"EFS": NIGHTLY[:3] + NIGHTLY[4:], "EC2": NIGHTLY},
    "two nights failed": {"EFS": NIGHTLY[:3] + NIGHTLY[5:], "EC2": NIGHTLY},
    "nothing since creation": {"EFS": [], "EC2": []},
    "weekly, from the sixth day": {"EFS": [126], "EC2": [126]},
}

RINGS: list[tuple[str, str, str, set[str]]] = [
    ("everything ran", "EFS-and-EC2", "50", set()),
    ("everything ran", "EFS-and-EC2", "26", set()),
    ("everything ran", "any-job", "50", set()),
    ("EFS is silent while EC2 runs", "EFS-and-EC2", "50", {"EFS"}),
    ("EFS is silent while EC2 runs", "EFS", "168", {"EFS"}),
    ("EFS is silent while EC2 runs", "EC2", "50", set()),
    ("EFS is silent while EC2 runs", "any-job", "50", set()),
    ("EFS is silent while EC2 runs", "none", "50", set()),
    ("EC2 falls silent after three nights", "EFS-and-EC2", "50", {"EC2"}),
    ("EC2 falls silent after three nights", "EFS-and-EC2", "98", {"EC2"}),
    ("EC2 falls silent after three nights", "EFS", "50", set()),
    ("one slow night", "EFS-and-EC2", "50", set()),
    ("one slow night", "EFS-and-EC2", "26", {"EFS"}),
    ("one night failed", "EFS-and-EC2", "50", set()),
    ("one night failed", "EFS-and-EC2", "26", {"EFS"}),
    ("two nights failed", "EFS-and-EC2", "50", {"EFS"}),
    ("two nights failed", "EFS-and-EC2", "74", set()),
    ("nothing since creation", "EFS-and-EC2", "50", {"EFS", "EC2"}),
    ("nothing since creation", "EFS", "50", {"EFS"}),
    ("nothing since creation", "any-job", "168", {"AnyJob"}),
    ("nothing since creation", "none", "50", set()),
    ("weekly, from the sixth day", "EFS-and-EC2", "168", {"EFS", "EC2"}),
]
"""What happened, SilenceAlarmFor, SilenceAlarmHours -> which alarms ring from creation on."""


def _sums(done: dict[str, list[int]], wanted: dict[str, str], until: int) -> list[float | None]:
    """Return the metric, hour by hour: AWS Backup sends it only when it is not zero."""
    if wanted.get("BackupVaultName") != VAULT or set(wanted) - {"BackupVaultName", "ResourceType"}:
        return [None] * until
    counted = [wanted["ResourceType"]] if "ResourceType" in wanted else list(done)
    hours = [hour for kind in counted for hour in done.get(kind, [])]
    return [float(hours.count(hour)) or None for hour in range(until)]


@pytest.mark.parametrize("extra", [0, 1, 2])
@pytest.mark.parametrize(("nights", "chosen", "hours", "expected"), RINGS)
def test_which_alarm_rings(
    nights: str, chosen: str, hours: str, expected: set[str], extra: int
) -> None:
    """However far beyond its periods CloudWatch looks, which it does not say exactly."""
    alarms = _alarms(SilenceAlarmFor=chosen, SilenceAlarmHours=hours)
    rung = {
        name.removeprefix(PREFIX).removesuffix(SUFFIX)
        for name, alarm in alarms.items()
        if name.startswith(PREFIX)
        for now in range(24 * DAYS)
        if rings(alarm, _sums(NIGHTS[nights], _dimensions(alarm), now), extra)
    }
    assert rung == expected


CONFIRMATION_HOURS = 48
"""How long SNS takes a confirmation: https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html."""


@pytest.mark.parametrize("partition", REGIONS)
@pytest.mark.parametrize("hours", ["26", "50", "168"])
def test_the_first_alarm_comes_when_no_confirmation_is_pending(partition: str, hours: str) -> None:
    """An alarm acts once, and a subscription that is not confirmed misses it.

    Other partitions may not know the property: there the first alarm comes at once.
    """
    expected = CONFIRMATION_HOURS if partition == "aws" else 0
    for name, alarm in _alarms(REGIONS[partition], SilenceAlarmHours=hours).items():
        if name.startswith(PREFIX):
            assert next(now for now in range(200) if rings(alarm, [None] * now, 0)) == expected


def test_the_next_backup_ends_a_silence() -> None:
    for name, alarm in _alarms().items():
        if name.startswith(PREFIX):
            silent = [None] * 60
            assert rings(alarm, silent, 0)
            assert not rings(alarm, [*silent, 1.0], 0)


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ("EFS-and-EC2", {"EFS", "EC2"}),
        ("EFS", {"EFS"}),
        ("EC2", {"EC2"}),
        ("any-job", {"AnyJob"}),
        ("none", set()),
    ],
)
def test_there_is_an_alarm_for_each_type_that_is_expected(chosen: str, expected: set[str]) -> None:
    alarms = _alarms(SilenceAlarmFor=chosen)
    assert set(alarms) == {f"{PREFIX}{one}{SUFFIX}" for one in expected} | {"SOCABackupExpired"}
    for one in expected:
        kind = {} if one == "AnyJob" else {"ResourceType": one}
        alarm = alarms[f"{PREFIX}{one}{SUFFIX}"]
        assert _dimensions(alarm) == {"BackupVaultName": VAULT, **kind}
        assert (alarm["Namespace"], alarm["MetricName"]) == (
            "AWS/Backup",
            "NumberOfBackupJobsCompleted",
        )


HOURS = template()["Parameters"]["SilenceAlarmHours"]["AllowedValues"]


@pytest.mark.parametrize("hours", [str(hours) for hours in HOURS])
def test_an_alarm_looks_back_no_further_than_cloudwatch_allows(hours: str) -> None:
    for alarm in _alarms(SilenceAlarmHours=hours).values():
        period, periods = int(alarm["Period"]), int(alarm["EvaluationPeriods"])
        assert period % 60 == 0
        assert period * periods <= longest_allowed_seconds(period)
    silence = _alarms(SilenceAlarmHours=hours)[f"{PREFIX}EFS{SUFFIX}"]
    assert int(silence["Period"]) * int(silence["EvaluationPeriods"]) == int(hours) * 3600
    assert f"for about {hours} hours" in silence["AlarmDescription"]


def test_every_description_says_what_to_look_at() -> None:
    efs = _alarms(BackupTagKey="edh:BackupPlan")[f"{PREFIX}EFS{SUFFIX}"]["AlarmDescription"]
    assert f"edh:BackupPlan={CLUSTER}" in efs
    assert "EFS" in efs


@pytest.mark.parametrize(("of", "given"), [(MAIN, {"SilenceAlarmFor": "none"}), (COPIES, {})])
@pytest.mark.parametrize("extra", [0, 1])
@pytest.mark.parametrize(
    ("sums", "expected"),
    [([], False), ([None] * 5, False), ([2.0], True), ([1.0, None, None], False)],
    ids=["nothing yet", "none expired", "two expired", "over"],
)
def test_the_alarm_on_recovery_points_that_could_not_be_deleted(
    sums: list[float | None], expected: bool, extra: int, of: str, given: dict[str, str]
) -> None:
    [alarm] = _alarms(of=of, **given).values()
    assert (alarm["Namespace"], alarm["MetricName"]) == (
        "AWS/Backup",
        "NumberOfRecoveryPointsExpired",
    )
    assert _dimensions(alarm) == {"BackupVaultName": VAULT}
    if expected or extra == 0:  # a further period that CloudWatch looks at holds it longer
        assert rings(alarm, sums, extra) is expected
    assert not rings(alarm, [*sums, *[None] * 5], extra)
