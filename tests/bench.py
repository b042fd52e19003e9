"""The speed limits of this project, as ratios of two commands measured in one run: `make bench`.

Ratios, because they say the same on a slow machine; a table to read and no test, because on a busy
machine even they are not sure.
"""

import copy
import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any, NamedTuple

from tests.local_aws.far_cluster import FarCluster
from tests.local_aws.far_s3 import FarS3
from tests.support import generated

ROOT = Path(__file__).parent.parent
RUNS = 9
PYTHON = sys.executable
BUILD = (PYTHON, "build.py")
CFN_LINT = (str(Path(PYTHON).with_name("cfn-lint")),)  # reads files and regions in .cfnlintrc
WITH_RULES = (*CFN_LINT, "--append-rules", "generator/rules")


def nothing() -> None:
    """Prepare nothing."""


def as_after_a_change() -> None:
    """Make `make templates` believe that something changed since it ran."""
    (ROOT / ".venv/templates").unlink(missing_ok=True)


class Row(NamedTuple):
    """A command must take at most `limit` times as long as another one."""

    name: str
    command: Sequence[str]
    other: Sequence[str]
    limit: float
    before: Callable[[], None] = nothing
    """What is done before each run of `command`, not timed."""


# Paths and values of properties: of what protects, and of texts.
CHANGED: dict[str, Any] = {
    "SOCABackupVault/Properties/LockConfiguration/Fn::If/1/MinRetentionDays": 2,
    "SOCABackupVault/Properties/BackupVaultTags/Name": "vault",
    "SOCABackupVaultKey/Properties/Description": "key",
    "SOCABackupVaultKey/Properties/PendingWindowInDays": 14,
    "SOCABackupPlan/Properties/BackupPlan/BackupPlanRule/0/Lifecycle/DeleteAfterDays": 20,
    "SOCABackupPlan/Properties/BackupPlan/BackupPlanRule/0/StartWindowMinutes": 120,
    "SOCABackupPlan/Properties/BackupPlan/BackupPlanRule/0/RecoveryPointTags/Name": "point",
    "SOCABackupPlan/Properties/BackupPlan/BackupPlanName": "plan",
    "SOCABackupPlan/Properties/BackupPlanTags/Name": "plan",
    "SOCABackupSelection/Properties/BackupSelection/SelectionName": "tagged",
    "SOCABackupSelection/Properties/BackupSelection/Conditions/StringEquals/0/ConditionValue": "x",
    "SOCAFSxBackupSelection/Properties/BackupSelection/SelectionName": "fsx",
    "SOCAAWSBackupRole/Properties/Description": "role",
    "SOCAAWSBackupRole/Properties/Policies/0/PolicyName": "vaults",
    "SOCAAWSBackupRole/Properties/Policies/2/PolicyDocument/Statement/0/Action": ["efs:*"],
    "SOCABackupAlertsTopic/Properties/DisplayName": "topic",
    "SOCABackupJobAlert/Properties/Description": "jobs",
    "SOCABackupJobAlert/Properties/EventPattern/detail/$or/0/state": ["FAILED"],
    "SOCABackupSilenceEFSAlarm/Properties/EvaluationPeriods": 100,
    "SOCABackupExpired/Properties/AlarmDescription": "expired",
}
PROPERTY_DIFF = (
    "import sys, build\n"
    "from generator.compare import comparison\n"
    "comparison._losses = lambda *_: []\n"
    "build.main(['compare', *sys.argv[1:]])"
)
"""The same command without the losses of protection."""


def compared(folder: Path, changed: Mapping[str, Any]) -> tuple[Sequence[str], Sequence[str]]:
    """Return the commands that compare our template with a changed one, and their properties."""
    document = copy.deepcopy(generated.template())
    for path, value in changed.items():
        *parents, last = path.split("/")
        node: Any = document["Resources"]
        for parent in parents:
            node = node[int(parent)] if isinstance(node, list) else node[parent]
        node[last] = value
    files = [folder / "old.template", folder / f"new-{len(changed)}.template"]
    files[0].write_text(json.dumps(generated.template()))
    files[1].write_text(json.dumps(document))
    names = [str(file) for file in files]
    return (*BUILD, "compare", *names), (PYTHON, "-c", PROPERTY_DIFF, *names)


ONE_TEMPLATE = (
    "import sys, build\n"
    "from generator import stacks\n"
    "for name in {*stacks.TEMPLATES} - {stacks.MAIN}: del stacks.TEMPLATES[name]\n"
    "sys.exit(build.main(['templates', '--output', sys.argv[1]]))"
)


def inspected() -> Row:
    """Return the row of `inspect`, with the number of its requests, each of which takes 100 ms.

    What it is compared with is the least that any inspection needs: to start, and one request.
    """
    far = FarCluster()
    command = far.inspect()
    _run(command)
    name = f"inspect, 200 resources / no stack ({len(far.cluster.seen)} calls)"
    return Row(name, command, far.inspect("no-such-stack"), 12.0, far.forget)


def rows(folder: Path) -> list[Row]:
    """Return what is measured, in the order of the table."""
    far = FarS3()
    return [
        Row("compare / its property diff, same", *compared(folder, {}), 1.3),
        Row("compare / its property diff, 20", *compared(folder, CHANGED), 2.0),
        Row("render / its imports alone", (*BUILD, "render"), imports_of_render(), 1.5),
        Row("explain / render", (*BUILD, "explain"), (*BUILD, "render"), 2.5),
        Row("--help / render", (*BUILD, "--help"), (*BUILD, "render"), 1.0),
        Row(
            "3 templates, made and linted / 1",
            (*BUILD, "templates", "--output", str(folder / "three")),
            (PYTHON, "-c", ONE_TEMPLATE, str(folder / "one")),
            1.6,
        ),
        Row("cfn-lint with our rules / without", WITH_RULES, CFN_LINT, 1.3),
        Row(
            "make templates / cfn-lint with our rules",
            ("make", "templates"),
            WITH_RULES,
            1.2,
            as_after_a_change,
        ),
        Row(
            "publish to 30 regions / to 1",
            far.publish(30),
            far.publish(1),
            3.0,
            lambda: far.empty(30, 1),
        ),
    ]


def imports_of_render() -> Sequence[str]:
    """Return a command that imports the troposphere and awacs modules of `render`, no more."""
    watched = (
        "import runpy, sys; sys.argv = ['build.py', 'render']\n"
        "try: runpy.run_path('build.py', run_name='__main__')\n"
        "except SystemExit: pass\n"
        "print(*sorted(name for name in sys.modules if name.split('.')[0] in "
        "('troposphere', 'awacs')), file=sys.stderr)"
    )
    modules = _run((PYTHON, "-c", watched)).stderr.split()
    if not modules:
        sys.exit("bench: `build.py render` imports neither troposphere nor awacs")
    return (PYTHON, "-c", f"import {', '.join(modules)}")


def measure(row: Row) -> tuple[float, float]:
    """Return the least seconds of both commands, run in turns: what else runs only adds time."""
    seconds: tuple[list[float], list[float]] = ([], [])
    for _ in range(RUNS + 1):
        row.before()
        seconds[0].append(_timed(row.command))
        seconds[1].append(_timed(row.other))
    # The first run of each fills the disk cache.
    return min(seconds[0][1:]), min(seconds[1][1:])


def _timed(command: Sequence[str]) -> float:
    start = perf_counter()
    _run(command)
    return perf_counter() - start


def _run(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    # What make tells the make below it would change what that one prints and does.
    environment = {name: value for name, value in os.environ.items() if name != "MAKEFLAGS"}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    # compare ends with 1 if something is lost, and inspect with 2 if there is no stack.
    fine = 1 if "compare" in command else 2 if "no-such-stack" in command else 0
    if done.returncode > fine:
        sys.exit(f"bench: {' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    return done


def main() -> None:
    """Measure each row and print it; over a limit is something to look into, not a failure."""
    columns = "{:45} {:>8} {:>8} {:>6} {:>6}  {}"
    print(columns.format("", "seconds", "other", "ratio", "limit", ""))
    with TemporaryDirectory() as folder:
        _measure(rows(Path(folder)), columns)
    _measure([inspected()], columns)  # it has the local AWS of this process for itself


def _measure(several: list[Row], columns: str) -> None:
    for row in several:
        one, other = measure(row)
        ratio = one / other
        verdict = "ok" if ratio <= row.limit else "OVER"
        print(
            columns.format(
                row.name, f"{one:.3f}", f"{other:.3f}", f"{ratio:.2f}", f"{row.limit:.2f}", verdict
            ),
            flush=True,
        )


if __name__ == "__main__":
    main()
