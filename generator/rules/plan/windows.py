"""E9502: windows in which a backup job cannot start or finish."""

import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.extend({str(Path(__file__).parents[1])} - {*sys.path})  # cfn-lint loads each file alone

from _backup.cases import ABSENT, together
from _backup.rule import BackupRule, Problem, problem
from _backup.template import rules_of_plans
from _backup.values import Values

SHORTEST_START_MINUTES = 60
LONGEST_START_MINUTES = 52_560_000  # 100 years
DEFAULT_START_MINUTES = 480


class Windows(BackupRule):
    id = "E9502"
    shortdesc = "Start or completion window in which a backup job cannot start or finish"
    description = (
        "A start window must be at least 60 minutes. The completion window must be longer than "
        "the start window, because it also counts from the scheduled time: a backup that starts "
        "late would be canceled before it can finish. Without StartWindowMinutes, the start window "
        "is 480 minutes."
    )
    source_url = "https://docs.aws.amazon.com/aws-backup/latest/devguide/API_StartBackupJob.html"
    tags = ["resources", "backup", "plan", "window"]

    def check(self, values: Values) -> Iterator[Problem]:
        """Check the windows of all rules."""
        for rule in rules_of_plans(values):
            starts = values.at(rule, "StartWindowMinutes")
            for start in starts:
                minutes = start.number
                if minutes is None:
                    continue
                if minutes < SHORTEST_START_MINUTES:
                    yield problem(
                        start,
                        f"StartWindowMinutes {start} is under AWS Backup's minimum of 60, which "
                        "leads to errors, and a job that cannot start in time expires (EXPIRED): "
                        "use 60 or more",
                    )
                elif minutes > LONGEST_START_MINUTES:
                    yield problem(
                        start,
                        f"StartWindowMinutes {start} is over the maximum of 52560000 (100 years), "
                        "so AWS Backup refuses the plan: use less",
                    )
            ends = values.at(rule, "CompletionWindowMinutes")
            for (start, end), given in together(starts, ends):
                default = start.value is ABSENT
                minutes = DEFAULT_START_MINUTES if default else start.number
                if minutes is None or end.number is None or end.number > minutes:
                    continue
                window = f"StartWindowMinutes {start}"
                if default:
                    window = "the default start window of 480 minutes (StartWindowMinutes not set)"
                yield problem(
                    end,
                    f"CompletionWindowMinutes {end} is not longer than {window}, so a backup that "
                    "starts late is canceled before it finishes: remove it (the default is 7 days) "
                    "or make it much longer" + (", or set StartWindowMinutes" if default else ""),
                    given,
                )
