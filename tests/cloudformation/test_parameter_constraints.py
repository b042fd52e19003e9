"""A parameter takes what CloudFormation takes for it, to the edge."""

from typing import Any

import pytest

from generator.cloudformation.parameter_constraints import refusal


@pytest.mark.parametrize(
    ("parameter", "taken", "refused"),
    [
        pytest.param(
            {"Type": "String", "MinLength": 2, "MaxLength": "4"},
            ["ab", "abcd"],
            {"a": "is less than 2 characters", "abcde": "is more than 4 characters"},
            id="length",
        ),
        pytest.param(
            {"Type": "Number", "MinValue": "-1", "MaxValue": 1.5},
            ["-1", "0", "1.5", "+1", ".5", "1."],
            {
                "-2": "is less than -1",
                "1.6": "is more than 1.5",
                "": "is no number",
                "1e0": "is no number",
                "nan": "is no number",
                " 1": "is no number",
                "\u0661": "is no number",
            },
            id="number",
        ),
        pytest.param(
            {"Type": "String", "AllowedValues": ["a", 30, ""]},
            ["a", "30", ""],
            {"A": "is none of a, 30, ", "3": "is none of a, 30, "},
            id="allowed-values",
        ),
        pytest.param(
            {"Type": "String", "AllowedPattern": r"\w+"},
            ["ab"],
            {"": r"does not match \w+", "a b": r"does not match \w+", "é": r"does not match \w+"},
            id="pattern-of-the-whole-value",
        ),
        pytest.param(
            {"Type": "String", "AllowedPattern": "^$|^[a-z]+$"},
            ["", "ab"],
            {"ab\n": "does not match ^$|^[a-z]+$"},
            id="pattern-or-nothing",
        ),
        pytest.param(
            {"Type": "CommaDelimitedList", "AllowedPattern": "^$|^[a-z]+$"},
            ["", "a", "a, b", " a ,b"],
            {"a,B": "does not match ^$|^[a-z]+$"},
            id="each-member-of-a-list",
        ),
        pytest.param({"Type": "String"}, ["", "anything"], {}, id="no-constraint"),
    ],
)
def test_a_parameter_takes_and_refuses(
    parameter: dict[str, Any], taken: list[str], refused: dict[str, str]
) -> None:
    assert [refusal(parameter, value) for value in taken] == [""] * len(taken)
    assert {value: refusal(parameter, value) for value in refused} == refused
