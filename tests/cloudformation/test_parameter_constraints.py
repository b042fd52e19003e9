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
            {"a": "is less than 2 characters long", "abcde": "is more than 4 characters long"},
            id="length",
        ),
        pytest.param(
            {"Type": "Number", "MinValue": "-1", "MaxValue": 1.5},
            ["-1", "0", "1.5", "+1", ".5", "1.", "1e0", "-1E-3"],
            {
                "-2": "is less than -1",
                "1.6": "is more than 1.5",
                "": "is not a number",
                "nan": "is not a number",
                "inf": "is not a number",
                " 1": "is not a number",
                "\u0661": "is not a number",
            },
            id="number",
        ),
        pytest.param(
            {"Type": "String", "AllowedValues": ["a", 30, ""]},
            ["a", "30", ""],
            {"A": "is not one of a, 30, ", "3": "is not one of a, 30, "},
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
        pytest.param(
            {"Type": "CommaDelimitedList", "AllowedValues": ["EC2", "EFS"]},
            ["EC2", "EC2, EFS"],
            {"EC2,RDS": "is not one of EC2, EFS", "": "is not one of EC2, EFS"},
            id="each-member-among-the-allowed",
        ),
        pytest.param(
            {"Type": "Number", "AllowedValues": [26, "50"]},
            ["26", "50", "50.0"],
            {"27": "is not one of 26, 50", "x": "is not a number"},
            id="allowed-numbers",
        ),
        pytest.param(
            {"Type": "String", "AllowedValues": [True, False]},
            ["true", "false"],
            {"True": "is not one of true, false"},
            id="allowed-truth-values",
        ),
        pytest.param(
            {"Type": "List<Number>", "MinValue": 2},
            ["2, 3"],
            {"2,1": "is less than 2", "2,": "is not a number"},
            id="list-of-numbers",
        ),
        pytest.param(
            {"Type": "String", "AllowedPattern": r"\d{2}"},
            ["12"],
            {"\u0661\u0662": r"does not match \d{2}"},
            id="digits-are-ascii",
        ),
        *(
            pytest.param(
                {"Type": "String", "AllowedPattern": pattern},
                ["1" + "a" * 60],
                {},
                id=f"pattern-{name}",
            )
            for name, pattern in {
                "java's-own": r"\p{Alpha}+",
                "a-set-in-a-set": "[a-z&&[^b]]",
                "too-many-times": "a{99999999999}",
                "too-deep": "(" * 3_000 + "a" + ")" * 3_000,
                "broken": "((",
                "without-end": "1?(a|aa)+b",
            }.items()
        ),
        # What is documented for other types only.
        pytest.param({"Type": "Number", "AllowedPattern": "x"}, ["1"], {}, id="pattern-of-number"),
        pytest.param(
            {"Type": "CommaDelimitedList", "MinLength": 9}, ["a"], {}, id="length-of-list"
        ),
        pytest.param(
            {"Type": "String"},
            ["", "anything", "x" * 4096],
            {"x" * 4097: "is longer than 4096 bytes", "é" * 2049: "is longer than 4096 bytes"},
            id="no-constraint",
        ),
    ],
)
def test_a_parameter_takes_and_refuses(
    parameter: dict[str, Any], taken: list[str], refused: dict[str, str]
) -> None:
    assert [refusal(parameter, value) for value in taken] == [""] * len(taken)
    assert {value: refusal(parameter, value) for value in refused} == refused
