"""E9502: windows in which AWS Backup gives a job up."""

import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.extend({str(Path(__file__).parents[1])} - {*sys.path})  # cfn-lint loads each file alone

from _backup.cases import together
from _backup.rule import BackupRule, Finding, finding
from _backup.template import rules_of_plans
from _backup.values import Values

SHORTEST_START_MINUTES = 60
LONGEST_START_MINUTES = 52_560_000  # 100 years


class Windows(BackupRule):
    id = "E9502"
    shortdesc = "Start or completion window in which AWS Backup gives a job up"
    description = (
        "A start window is at least 60 minutes, and the completion window is longer than the "
        "start window: it counts from the scheduled time, so a backup that starts late in its "
        "window would be canceled before it can complete."
    )
    source_url = "https://docs.aws.amazon.com/aws-backup/latest/devguide/API_StartBackupJob.html"
    tags = ["resources", "backup", "plan", "window"]

    def check(self, values: Values) -> Iterator[Finding]:
        """Look at the windows of all rules."""
        for rule in rules_of_plans(values):
            starts = values.at(rule, "StartWindowMinutes")
            for start in starts:
                minutes = start.number
                if minutes is None:
                    continue
                if minutes < SHORTEST_START_MINUTES:
                    yield finding(
                        start,
                        f"StartWindowMinutes {start}: a window under 60 minutes leads to errors; "
                        "a job that cannot start in it is given up (EXPIRED): use 60 or more",
                    )
                elif minutes > LONGEST_START_MINUTES:
                    yield finding(
                        start,
                        f"StartWindowMinutes {start}: AWS Backup takes at most 52560000 "
                        "(100 years): use less",
                    )
            ends = values.at(rule, "CompletionWindowMinutes")
            for (start, end), given in together(starts, ends):
                if (
                    start.number is not None
                    and end.number is not None
                    and end.number <= start.number
                ):
                    yield finding(
                        end,
                        f"CompletionWindowMinutes {end} is not longer than StartWindowMinutes "
                        f"{start}: a backup that starts late in its window is canceled before "
                        "it completes: leave it out (7 days), or make it much longer",
                        given,
                    )
