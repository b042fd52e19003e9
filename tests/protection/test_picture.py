"""The picture of the backups by age: what stands in it. What it looks like is for a browser."""

from datetime import date
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest

from generator.cloudformation.read import parse
from generator.protection.explain import explain
from generator.protection.given import UnknownError
from generator.protection.picture import WIDTH, picture
from tests.support.generated import text
from tests.support.parameter_values import CLUSTER

SVG = "{http://www.w3.org/2000/svg}"


def drawn(source: str, **given: str) -> ET.Element:
    explanation = explain(parse("t", source), given, date(2026, 11, 25))
    return ET.fromstring(picture(explanation.types, explanation.now))  # noqa: S314 - our own text


def ours(**given: str) -> ET.Element:
    return drawn(text(), ClusterId=CLUSTER, **given)


def labels(root: ET.Element) -> list[str]:
    return [f"{each.text}" for each in root.iter(f"{SVG}text")]


def marks(root: ET.Element) -> dict[float, list[str]]:
    """Return the shapes of each line, by its height; the legend is the last one."""
    found: dict[float, list[str]] = {}
    for shape in (*root.iter(f"{SVG}circle"), *root.iter(f"{SVG}rect")):
        y = float(shape.get("cy") or float(shape.get("y", "")) + 3)
        found.setdefault(y, []).append(shape.tag.removeprefix(SVG))
    return found


def test_it_has_a_title_and_says_in_words_what_it_shows() -> None:
    root = ours()
    [title, description] = [root.find(f"{SVG}{tag}") for tag in ("title", "desc")]
    assert title is not None
    assert description is not None
    assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
    assert f"{description.text}".endswith("SOCADailyBackup, kept for 30 days: 30.")


def test_a_line_for_each_rule_and_a_hollow_mark_for_what_is_cold() -> None:
    root = ours(WeeklyRetention="3-months", MonthlyRetention="7-years")
    daily, weekly, monthly, _ = marks(root).values()
    assert {*daily, *weekly} == {"circle"}
    assert {*monthly} == {"circle", "rect"}
    assert "in cold storage" in labels(root)
    assert any("after 30 days (EFS file systems)" in each for each in labels(root))
    assert "1 year" in labels(root)


def test_the_legend_does_not_explain_what_is_not_there() -> None:
    assert "in cold storage" not in labels(ours())


def test_an_hourly_schedule_has_hours_on_its_axis() -> None:
    assert "1 hour" in labels(ours(BackupSchedule="cron(0 * * * ? *)"))
    assert "1 hour" not in labels(ours())


@pytest.mark.parametrize(
    ("given", "ends"),
    [
        ({"RetentionDays": "14"}, "14 days"),
        ({"RetentionDays": "35"}, "35 days"),
        ({"RetentionDays": "1"}, "7 days"),
        ({"MonthlyRetention": "7-years"}, "7 years"),
        ({"RetentionDays": "3650"}, "10 years"),
    ],
)
def test_the_axis_says_where_it_ends(given: dict[str, str], ends: str) -> None:
    [axis] = [y for y in ours(**given).iter(f"{SVG}text") if y.text == ends]
    assert axis.get("text-anchor") == "end"
    assert labels(ours(RetentionDays="35")).count("30 days") == 0


def test_a_line_without_a_backup_says_so() -> None:
    sundays = {"BackupSchedule": "cron(0 5 ? * SUN *)"}
    assert "SOCADailyBackup, kept for 2 days: none now" in labels(
        ours(**sundays, RetentionDays="2")
    )
    assert "SOCADailyBackup, kept for 4 days" in labels(ours(**sundays, RetentionDays="4"))


def test_marks_are_apart_and_inside_the_picture() -> None:
    for root in (
        ours(BackupSchedule="cron(0 * * * ? *)", RetentionDays="3650"),
        ours(RetentionDays="1"),
    ):
        xs = sorted(float(each.get("cx", "")) for each in root.iter(f"{SVG}circle"))[1:]
        assert min(xs) > 0
        assert max(xs) < WIDTH
        assert all(after - before >= 8 for before, after in pairwise(xs))


OTHER = """\
Resources:
  Plan:
    Type: AWS::Backup::BackupPlan
    Properties:
      BackupPlan:
        BackupPlanName: p
        BackupPlanRule:
          - {RuleName: RULE, TargetBackupVault: v, ScheduleExpression: cron(0 5 * * ? *)}
  Selection:
    Type: AWS::Backup::BackupSelection
    Properties:
      BackupPlanId: !Ref Plan
      BackupSelection:
        SelectionName: s
        IamRoleArn: arn:aws:iam::111122223333:role/backup
        Resources: ["arn:aws:s3:::*"]
"""


def test_for_ever_is_drawn_as_ten_years() -> None:
    root = drawn(OTHER)
    assert "RULE, kept for ever" in labels(root)
    assert labels(root)[-2] == "10 years"
    assert "RULE, kept for ever: 3650 in ten years." in ET.tostring(root, "unicode")


def test_rules_of_one_name_have_a_line_each() -> None:
    [rule] = [line for line in OTHER.splitlines(keepends=True) if "RULE" in line]
    other = rule.replace("0 5", "0 15").replace("}", ", Lifecycle: {DeleteAfterDays: 7}}")
    root = drawn(OTHER.replace(rule, rule + other))
    assert {"RULE, kept for ever", "RULE, kept for 7 days"} < {*labels(root)}


def test_names_of_others_are_text_and_too_long_ones_are_cut() -> None:
    name = "'</text><script>alert(1)</script>&\\e[31m" + "W" * 100 + "'"
    root = drawn(OTHER.replace("RULE", name.replace("'", '"')))
    label = labels(root)[1]
    assert label.startswith("</text><script>alert(1)</script>&\\x1b[31mWWW")
    assert label.endswith("W\N{HORIZONTAL ELLIPSIS}, kept for ever")
    [description] = root.iter(f"{SVG}desc")
    assert len(label) < 80
    assert "W" * 50 not in f"{description.text}"
    other = labels(drawn(OTHER.replace("RULE", "\N{CJK UNIFIED IDEOGRAPH-4E00}" * 100)))[1]
    assert other.endswith("\N{HORIZONTAL ELLIPSIS}")
    assert len(other) <= 55


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("Resources: {A: {Type: AWS::SNS::Topic}}", "no backup plan with a rule backs anything up"),
        (
            OTHER.replace("cron(0 5 * * ? *)", "!ImportValue x"),
            r"the backups are not known: RULE: the schedule is \$\{Fn::ImportValue x\}",
        ),
    ],
)
def test_nothing_to_draw_is_one_sentence(source: str, why: str) -> None:
    with pytest.raises(UnknownError, match=why):
        drawn(source)
