"""The page of the live check: its lines, and what others wrote cannot pass for one of them."""

import re
import shlex
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from generator.live.findings import (
    DAYS,
    FAILED,
    HEARS,
    NONE,
    POINT,
    QUESTIONS,
    RESOURCES,
    RESTORE,
    SINCE,
    STACK,
    TONIGHT,
    VAULT,
    Answer,
    Finding,
    Inspection,
    Question,
    Start,
    Verdict,
)
from generator.live.page import MOST, WIDTH, as_text
from tests.live.support import NOW, an_inspection, file_system, instance
from tests.test_printable import HOSTILE

HEALTHY = """\
soca-mycluster-backup in eu-west-1, account 111122223333, asked at 2026-11-25 16:20 UTC

the stack          well         complete, version 2.1.0; nothing that protects was changed
the resources      well         4 carry soca:BackupPlan=soca-mycluster
tonight            well         SOCADailyBackup at 2026-11-26 05:00 UTC
a restore          well         the role may use all keys, and pass the roles of 1 instance
the last 27 hours  well         4 backups completed, none failed
the vault          well         Vault-soca-mycluster has 120 recovery points, the oldest of
                                2026-10-26
who hears of it    well         1 confirmed subscription, 2 alarms

                                               backups, newest   2026-10-22               2026-11-25
   EC2  i-00000000000000001      ..-Scheduler  35, 11 hours ago  ###################################
   EFS  fs-00000000000000001     EFSApps       35, 11 hours ago  ###################################
   EFS  fs-00000000000000002     EFSData       35, 11 hours ago  ###################################
   FSx  fsvol-0123456789abcdef0                35, 11 hours ago  ###################################
   # a backup   . none   x a failed job

Tonight's backup will run for 4 of 4 resources.
"""

UNWELL = """\
Not well
- the resources: fs-00000000000000001 (EFSApps): the newest backup is 3 days old, and 25 hours is
    the most by its plan.
  Do: start a backup now.
- tonight: each of 2 resources (i-00000000000000001 and fs-00000000000000001) is not selected.

Not checked
- the resources and the vault: backup:ListBackupJobs is not allowed: add it.
- a restore: AWS did not answer in time.

To know
- who hears of it: nobody hears of a failed backup.
  Do: give AlertEmail a value.

2 things were not checked.
Tonight's backup will run for 4 of 4 resources.
"""


def test_the_page_of_a_healthy_cluster() -> None:
    assert as_text(an_inspection()) == HEALTHY


def test_a_healthy_cluster_takes_24_lines_and_one_per_resource() -> None:
    resources = [*map(file_system, range(200))]
    to_know = [Finding(Verdict.TO_KNOW, f"{each} is not asked for") for each in ("a", "b", "c")]
    made = as_text(an_inspection({HEARS: to_know}, resources=resources))
    assert len(made.splitlines()) <= 24 + len(resources)
    assert max(map(len, made.splitlines())) <= WIDTH


def test_only_what_is_not_simply_well_is_told() -> None:
    apps, node = file_system(), instance(name="")
    denied = Finding(Verdict.NOT_CHECKED, "backup:ListBackupJobs is not allowed: add it")
    made = an_inspection(
        {
            RESOURCES: [
                Finding(
                    Verdict.NOT_WELL,
                    f"{apps.id} (EFSApps): the newest backup is 3 days old, and 25 hours is the "
                    "most by its plan",
                    "start a backup now",
                    apps.arn,
                ),
                denied,
            ],
            TONIGHT: [
                Finding(Verdict.NOT_WELL, f"{each} is not selected", resource=arn)
                for each, arn in (
                    (node.id, node.arn),
                    (f"{apps.id} (Apps, of 2026.)", apps.arn),
                )
            ],
            RESTORE: [Finding(Verdict.NOT_CHECKED, "AWS did not answer in time")],
            VAULT: [denied],
            HEARS: [
                Finding(
                    Verdict.TO_KNOW, "nobody hears of a failed backup", "give AlertEmail a value"
                )
            ],
        }
    )
    assert as_text(made).partition("\n\nNot")[2] == UNWELL.partition("Not")[2]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.key)
@pytest.mark.parametrize(
    ("verdicts", "shown"),
    [
        ([], "well         .+[^.]"),
        ([Verdict.TO_KNOW], "to know      .+[^.]"),
        ([Verdict.NOT_CHECKED, Verdict.TO_KNOW], "not checked  1 not checked: see below"),
        (
            [Verdict.NOT_CHECKED, Verdict.NOT_WELL, Verdict.NOT_WELL],
            "not well     2 not well, 1 not checked: see below",
        ),
    ],
    ids=["well", "to-know", "not-checked", "not-well"],
)
def test_a_question_has_a_line_with_its_verdict(
    question: Question, verdicts: list[Verdict], shown: str
) -> None:
    made = an_inspection({question: [Finding(each, "it is so") for each in verdicts]}, hours=1)
    name = question.name.replace("{hours} hours", "hour")
    [line] = [line for line in as_text(made).splitlines() if line.startswith(f"{name}  ")]
    assert re.fullmatch(f"{name} +{shown}", line)


HOUR = timedelta(hours=1)
BAD = {"verdict": Verdict.NOT_WELL, "why": "it is old"}
OPEN = {"verdict": Verdict.NOT_CHECKED, "strip": ""}
EMPTY = {"newest": None, "points": 0, "strip": NONE * 34 + FAILED}
ROWS: list[tuple[dict[str, Any], str, str]] = [
    ({"newest": NOW - HOUR * 26}, "", f"35, 26 hours ago  {POINT * DAYS}"),
    ({"newest": NOW - HOUR * 24 * 9}, "", f"35, 9 days ago    {POINT * DAYS}"),
    ({"newest": NOW - HOUR}, "", f"35, 1 hour ago    {POINT * DAYS}"),
    ({"newest": NOW - HOUR / 60, "points": 1}, "", f" 1, 1 minute ago  {POINT * DAYS}"),
    ({"newest": NOW + HOUR}, "", f"35, 0 minutes ago  {POINT * DAYS}"),
    (EMPTY, "", f"none yet          {NONE * 34}x"),
    ({**EMPTY, **BAD, "tonight": False}, "!!", f"none              {NONE * 34}x"),
    (BAD, "!", f"35, 11 hours ago  {POINT * DAYS}"),
    ({**BAD, "tonight": None}, "!?", f"35, 11 hours ago  {POINT * DAYS}"),
    (
        {**OPEN, "newest": None, "points": None, "tonight": None},
        "??",
        "not known         not known",
    ),
    (OPEN, "?", "35, 11 hours ago  not known"),
]


@pytest.mark.parametrize(("its", "mark", "row"), ROWS, ids=[row for *_, row in ROWS])
def test_a_resource_has_a_row_and_a_sign_of_what_is_wrong(
    its: dict[str, Any], mark: str, row: str
) -> None:
    others = [file_system(number) for number in range(9)]
    made = as_text(an_inspection(resources=[instance(**its), *others]))
    [found] = [line for line in made.splitlines() if line[3:].startswith("EC2  i-")]
    assert found.startswith(f"{mark:3}EC2  {instance().id}   ..")
    assert found.endswith(f"r-Scheduler  {row}")


WHY = "is not selected: no resource assignment takes it"


@pytest.mark.parametrize(
    ("finding", "told"),
    [
        (
            Finding(Verdict.NOT_WELL, f"{instance().id} {WHY}", "", instance().arn),
            f"- tonight: {instance().id} {WHY}.\n",
        ),
        (Finding(Verdict.NOT_WELL, WHY, stops=(instance().arn,)), f"- tonight: {WHY}.\n"),
    ],
    ids=["of-the-resource", "of-several"],
)
def test_why_a_resource_is_not_well_is_told_once(finding: Finding, told: str) -> None:
    """Slip: tell it again with the resource."""
    resource = instance(verdict=Verdict.NOT_WELL, why=WHY, tonight=False)
    made = as_text(an_inspection({TONIGHT: [finding]}, resources=[resource]))
    assert (
        f"   # a backup   . none   x a failed job\n   !! no next backup\n\nNot well\n{told}" in made
    )
    assert made.count("selected") == 1


@pytest.mark.parametrize(
    ("advice", "lines"),
    [
        (
            f"aws sns subscribe --topic-arn arn:{'x' * 99}",
            [f"  Do: aws sns subscribe --topic-arn arn:{'x' * 99}"],
        ),
        (
            f"follow the link: aws sns subscribe --topic-arn arn:{'x' * 99}",
            ["  Do: follow the link:", f"      aws sns subscribe --topic-arn arn:{'x' * 99}"],
        ),
        (
            f"follow the link {'x' * 60} {'y' * 30}.",
            [f"  Do: follow the link {'x' * 60}", f"        {'y' * 30}."],
        ),
        (
            shlex.join(["aws", "efs", "tag-resource", "--tags", "'" * 900 + "$(id)"]),
            ["  Do: the command is too long for a page: --json has it."],
        ),
    ],
    ids=["command", "sentence-and-command", "sentence", "long-command"],
)
def test_a_command_is_whole_and_on_one_line(advice: str, lines: list[str]) -> None:
    """Slips: wrap it, or cut it."""
    made = as_text(an_inspection({STACK: [Finding(Verdict.NOT_WELL, "it is so", advice)]}))
    assert "\n".join(["- the stack: it is so.", *lines, "", ""]) in made


def test_the_same_of_many_resources_is_told_once() -> None:
    number = 200
    resources = [
        file_system(each, verdict=Verdict.NOT_WELL, why="it collides") for each in range(number)
    ]
    command = "aws efs put-backup-policy --backup-policy Status=DISABLED --file-system-id"
    findings = [
        Finding(Verdict.NOT_WELL, "it collides", f"{command} {each.id}", each.arn)
        for each in resources
    ]
    lines = as_text(an_inspection({TONIGHT: findings}, resources=resources)).splitlines()
    assert len(lines) <= 24 + number + 4
    told = lines[lines.index("Not well") :]
    assert told[1].startswith(f"- tonight: each of {number} resources (fs-0")
    assert "and 197 more): it collides." in " ".join(told[1:3])
    # Each can be copied.
    assert told[3:6] == [f"  Do: {each.advice}" for each in findings[:3]]
    assert told[6] == "  And 197 more like it: --json has all of them."


def test_of_many_findings_of_one_question_some_are_told_and_of_each_other_question_all() -> None:
    number = 300
    made = as_text(
        an_inspection(
            {
                SINCE: [Finding(Verdict.NOT_WELL, f"job {each} failed") for each in range(number)],
                HEARS: [Finding(Verdict.NOT_WELL, "nobody is told")],
            }
        )
    )
    assert made.count("- the last 27 hours: job ") == MOST
    assert f"- the last 27 hours: {number - MOST} more; --json has all of them\n" in made
    assert "- who hears of it: nobody is told.\n" in made


def test_without_resources_there_is_no_table() -> None:
    made = as_text(an_inspection(resources=[]))
    assert made == re.sub("\n +backups, newest(.*\n)*?\n", "\n", HEALTHY)


def hostile(text: str) -> Inspection:
    """Return an inspection in which the text is whatever AWS or people may have written."""
    resource = instance(arn=text, kind=text, id=text, name=text, verdict=Verdict.NOT_WELL)
    found = [
        Finding(verdict, f"it is {verdict}: {text}", f"look at {text}", text, text)
        for verdict in (Verdict.NOT_WELL, Verdict.NOT_CHECKED, Verdict.TO_KNOW)
    ]
    command = Finding(Verdict.NOT_WELL, text, f"aws {text}", "arn:a:b:c:d:e")
    findings = {RESTORE: found, STACK: [command]}
    return an_inspection(
        answers=[Answer(each, f"a {text}", findings.get(each, ())) for each in QUESTIONS],
        stack=text,
        region=text,
        account=text,
        resources=[resource],
        conclusion=f"It will run for {text}.",
        starts=[Start(text, NOW)],
    )


def structure(made: str) -> list[str]:
    """Return how the lines begin, without those that go on with the one before."""
    return [
        line[:2]
        for line in re.sub(r"\x1b\[\d+(;\d+)?m", "", made).splitlines()
        if not line.startswith("    ")
    ]


TEXTS = {
    **{name: text for name, (text, _) in HOSTILE.items()},
    "all of them": "".join(text for text, _ in HOSTILE.values()),
    "a long word": "x" * 10_000,
    "a line in spaces": f"a{' ' * WIDTH}Do: aws s3 rm",
    **{
        f"a line after {number}": f"{'x' * number} - Do: aws s3 rm" + " Do: aws s3 rm" * 700
        for number in range(60, 100, 7)
    },
    "wide characters": "東京" * 60,
}


@pytest.mark.parametrize("colour", [False, True], ids=["plain", "colour"])
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_what_others_wrote_makes_no_line_and_no_colour(text: str, colour: bool) -> None:
    """Slips: let it go on as deep as advice begins, or print a name as it is."""
    made = as_text(hostile(text), colour)
    plain = re.sub(r"\x1b\[(0|1;3\d|3\d)m", "", made)
    for line in plain.split("\n"):
        assert line.isprintable(), line
        assert len(line) < 1_200
    assert len(made) < 15_000
    assert structure(made)[1:] == structure(as_text(hostile("a" * WIDTH)))[1:]


def test_colour_says_nothing_more() -> None:
    for each in (
        an_inspection(),
        hostile("a"),
        an_inspection(resources=[instance(strip="x" * 35)]),
    ):
        coloured = as_text(each, colour=True)
        assert "\x1b[" in coloured
        assert re.sub(r"\x1b\[[0-9;]+m", "", coloured) == as_text(each)
        assert "\x1b" not in as_text(each)
    assert coloured.count("\x1b[31mx\x1b[0m") == DAYS


@pytest.mark.parametrize("columns", [60, 72, 80, 90])
def test_on_a_narrow_terminal_the_newest_days_stay_on_their_line(columns: int) -> None:
    narrow = as_text(an_inspection(), width=columns).splitlines()
    rows = [line for line in narrow if line.endswith(POINT * 7)]
    assert len(rows) == len(an_inspection().resources)
    assert max(map(len, rows)) <= max(columns, 72)
    [heading] = [line for line in narrow if "backups, newest" in line]
    assert len(heading) == len(rows[0])


def test_letters_of_two_columns_move_no_strip() -> None:
    wide = replace(an_inspection().resources[0], name="東京の計算機")
    page = as_text(replace(an_inspection(), resources=[wide, *an_inspection().resources[1:]]))
    first, second = [line for line in page.splitlines() if line.endswith(POINT * 7)][:2]
    assert len(first) + len("東京の計算機") == len(second)


def test_what_to_do_about_several_findings_is_said_once() -> None:
    texts = ("the lock is gone", "the tag is another one", "the trust is gone")
    advice = ("put it back", "put it back", "trust it")
    found = [Finding(Verdict.NOT_WELL, *each) for each in zip(texts, advice, strict=True)]
    lines = as_text(an_inspection({STACK: found})).splitlines()
    first = lines.index("- the stack: the lock is gone.")
    assert lines[first + 1 : first + 5] == [
        "- the stack: the tag is another one.",
        "  Do: put it back.",
        "- the stack: the trust is gone.",
        "  Do: trust it.",
    ]
