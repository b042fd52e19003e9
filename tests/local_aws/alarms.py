"""When a CloudWatch alarm rings, from CloudWatch's text.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-warm-up.html
Statistics other than Sum, metric math and treatments other than our alarms' are refused.
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "LessThanThreshold": operator.lt,
    "GreaterThanOrEqualToThreshold": operator.ge,
}
_MISSING_IS_BREACHING = {"breaching": True, "notBreaching": False}
_KNOWN = {
    "Namespace", "MetricName", "Dimensions", "Period", "Statistic", "Threshold",
    "ComparisonOperator", "EvaluationPeriods", "TreatMissingData", "AlarmActions", "OKActions",
    "AlarmDescription", "Tags", "WarmUpConfiguration",
}  # fmt: skip


def rings(alarm: Mapping[str, Any], sums: Sequence[float | None], extra: int) -> bool:
    """Return whether the alarm is in ALARM after these periods since its creation, newest last.

    None: no data. While the alarm warms up, it is never in ALARM.

    CloudWatch looks at more periods than it evaluates; how many more it does not say: ``extra``.
    Real data in that range goes first, newest first; only what then lacks is filled up.
    """
    if unknown := sorted(set(alarm) - _KNOWN):
        raise ValueError(f"this evaluator does not know {unknown} of an alarm")
    if alarm["Statistic"] != "Sum":
        raise ValueError(f"the statistic is {alarm['Statistic']}, not Sum")
    if warm_up := alarm.get("WarmUpConfiguration"):
        if str(warm_up["OnlyStartEvaluatingAfterWarmUpPeriodEnds"]).lower() != "true":
            raise ValueError("data may end this warm-up before its time")
        if len(sums) * int(alarm["Period"]) < int(warm_up["WarmUpPeriodDurationInMinutes"]) * 60:
            return False
    needed = int(alarm["EvaluationPeriods"])  # without DatapointsToAlarm: all of them
    padded = [None] * (needed + extra) + list(sums)
    real = [value for value in padded[-needed - extra :] if value is not None][-needed:]
    breaches = _COMPARE[alarm["ComparisonOperator"]]
    found = [breaches(value, float(alarm["Threshold"])) for value in real]
    found += [_MISSING_IS_BREACHING[alarm["TreatMissingData"]]] * (needed - len(found))
    return all(found)


def longest_allowed_seconds(period: int) -> int:
    """Return how far back an alarm of this period may look: 7 days, or 1 day below an hour.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
    """
    return 7 * 86_400 if period >= 3600 else 86_400
