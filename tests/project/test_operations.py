"""What docs/operations.md says of the protections is true of the template, and complete."""

import argparse
import json
import re
from typing import Any

import pytest

from generator.command.inspect import add_options
from generator.live.findings import Verdict
from tests.project import pages
from tests.support.changes import changes
from tests.support.generated import resolved, template
from tests.support.parameter_values import CLUSTER, PROTECTIONS, on

README = pages.README.read_text("utf-8")
OPERATIONS = pages.OPERATIONS.read_text("utf-8")


def section(heading: str) -> str:
    """Return the text below a heading, up to the next one of its level."""
    level, text = heading.split(" ", maxsplit=1)[0], f"\n{OPERATIONS}"
    body = text.split(f"\n{heading}\n")[1]
    return re.split(rf"\n#{{2,{len(level)}}} ", body)[0]


def blocks(heading: str) -> list[Any]:
    found = re.findall(r"^```json\n(.*?)^```", section(heading), re.DOTALL | re.MULTILINE)
    return [json.loads(block) for block in found]


SECTIONS = list(re.findall("^### (.*)$", section("## Protections"), re.MULTILINE))


@pytest.mark.parametrize("name", SECTIONS[:-1])
def test_each_protection_says_against_what_at_what_cost_and_how_to_end_it(name: str) -> None:
    text = " ".join(section(f"### {name}").split())
    for said in ("**Against**:", "**Cost**:", "**Cannot be undone**:", "**Off**:"):
        assert said in text, said


def test_every_protection_is_in_the_table_of_threats() -> None:
    table = README.split("| Threat |")[1].split("\n\n")[0]
    assert {name for name in PROTECTIONS if f"`{name}`" not in table} == set()
    linked = set(re.findall(r"operations\.md#([a-z-]+)\)", table))
    assert linked == {name.lower().replace(" ", "-") for name in SECTIONS[:-1]}


def test_every_parameter_is_explained() -> None:
    missing = [name for name in template()["Parameters"] if f"`{name}`" not in OPERATIONS]
    assert not missing, "say in docs/operations.md what they are for"


def test_the_options_and_the_verdicts_of_inspect_are_explained() -> None:
    verb = argparse.ArgumentParser(add_help=False)
    add_options(verb)
    options = set(re.findall("--[a-z-]+", verb.format_usage()))
    told = set(re.findall("`([^`\n]+)`", section("### Ask inspect")))
    assert {each for each in told if each.startswith("--")} == options
    assert {verdict.words for verdict in Verdict} <= told


def test_a_given_topic_gets_what_a_new_one_has() -> None:
    statement = blocks("### Alerts")[0]
    made = resolved(**on("NotificationEmail")).resources["SOCABackupAlertsTopicPolicy"]
    ours = made["PolicyDocument"]["Statement"]
    assert statement["Principal"]["Service"] == [one["Principal"]["Service"] for one in ours]
    assert {statement["Action"]} == {action for one in ours for action in one["Action"]}
    sources = statement["Condition"]["ArnLike"]["aws:SourceArn"]
    assert [source.split(":")[2] for source in sources] == ["events", "cloudwatch"]


def test_the_key_of_an_encrypted_topic_serves_the_same_senders() -> None:
    topic, key = blocks("### Alerts")
    assert key["Principal"] == topic["Principal"]
    assert key["Action"] == ["kms:Decrypt", "kms:GenerateDataKey*"]
    assert key["Effect"] == topic["Effect"] == "Allow"


def test_an_adopted_vault_gets_the_policy_that_a_new_one_has() -> None:
    [policy] = blocks("### A vault that was adopted")
    vault = resolved(DenyRecoveryPointDeletion="yes").resources["SOCABackupVault"]
    assert policy == vault["AccessPolicy"]


def test_a_second_vault_takes_over_and_the_first_stays_with_its_role() -> None:
    """As `A key for a cluster that has none` says."""
    given = {"ClusterId": CLUSTER}
    update = changes(template(), template(), given, {**given, "ExistingVaultName": "Vault2-x"})
    assert {name: change.kind for name, change in update.items() if change.kind != "unchanged"} == {
        "SOCABackupPlan": "updated",
        "SOCABackupVault": "removed",
    }
    assert template()["Resources"]["SOCABackupVault"]["DeletionPolicy"] == "RetainExceptOnCreate"


def test_the_days_of_the_profiles_are_the_templates() -> None:
    text = section("### Longer retention")
    weekly, monthly = (
        [row["Days"] for key, row in template()["Mappings"][name].items() if key != "none"]
        for name in ("WeeklyRetentionDays", "MonthlyRetentionDays")
    )
    assert "{}, {} or {} days".format(*weekly) in text
    assert "{}, {}, {}, {} or {} years".format(*(days // 365 for days in monthly)) in text
