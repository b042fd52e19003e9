"""docs/proof.md: each open question says what we assume, what to expect and how to find out."""

import re

import yaml

from generator.paths import ROOT

TEXT = (ROOT / "docs" / "proof.md").read_text("utf-8")
QUESTIONS = [
    [cell.strip() for cell in row.split("|")]
    for row in re.findall(r"^\| (\d+ \|.*) \|$", TEXT, re.MULTILINE)
]
TESTS = TEXT.split("\n## The tests\n")[1]


def test_every_question_has_its_answer_and_its_cost() -> None:
    assert [int(row[0]) for row in QUESTIONS] == [*range(1, len(QUESTIONS) + 1)]
    for number, question, assumption, answer, cost in QUESTIONS:
        assert question.endswith("?"), number
        assert assumption, number
        assert answer, number
        assert cost, number


def test_every_question_has_its_test() -> None:
    tested = [
        int(number)
        for numbers in re.findall(r"^\*\*([\d, ]+)\.\*\*", TESTS, re.MULTILINE)
        for number in numbers.split(", ")
    ]
    assert sorted(tested) == [*range(1, len(QUESTIONS) + 1)]


def test_the_answer_has_a_form_that_github_takes() -> None:
    form = yaml.safe_load((ROOT / ".github" / "ISSUE_TEMPLATE" / "proof.yml").read_text("utf-8"))
    assert {"name", "description", "body"} <= set(form)
    fields = [each for each in form["body"] if each["type"] != "markdown"]
    assert len({each["id"] for each in fields}) == len(fields)
    assert {each["type"] for each in fields} <= {"input", "textarea", "dropdown", "checkboxes"}
    assert all(each["attributes"]["label"] for each in fields)
