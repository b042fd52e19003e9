"""The text reads in CloudFormation's order, and says what the template says."""

import re

import pytest
import yaml
from troposphere import Equals, Join, Output, Parameter, Ref, Sub, Template
from troposphere.backup import BackupVault

from generator.cloudformation.read import parse
from generator.stacks import backup
from generator.stacks.render import LINE, render
from tests.support.generated import template, text


def _small() -> Template:
    made = Template("small")
    made.set_version("2010-09-09")
    made.add_output(Output("Name", Value=Ref(made.add_parameter(Parameter("A", Type="String")))))
    made.add_resource(
        BackupVault(
            "V",
            BackupVaultName=Sub("v-${A}"),
            UpdateReplacePolicy="Retain",
            Metadata={"Note": "x"},
            DeletionPolicy="Retain",
            DependsOn="W",
            Condition="C",
        )
    )
    made.add_mapping("M", {"a": {"b": "c"}})
    made.add_rule("R", {"Assertions": [{"Assert": Equals("1", "1")}]})
    made.add_condition("C", Equals("1", "1"))
    made.set_metadata({"Note": "x"})
    return made


def test_the_text_says_what_the_template_says() -> None:
    assert parse("a", text()).document == backup.template().to_dict()


def test_sections_come_in_cloudformations_order() -> None:
    found = re.findall(r"^([A-Za-z]+):", render(_small()), re.MULTILINE)
    assert found == [
        "AWSTemplateFormatVersion", "Description", "Metadata", "Parameters", "Rules", "Mappings",
        "Conditions", "Resources", "Outputs",
    ]  # fmt: skip


def test_a_resource_starts_with_its_type_and_ends_with_its_properties() -> None:
    assert list(parse("a", render(_small())).resources["V"]) == [
        "Type", "Condition", "DependsOn", "DeletionPolicy", "UpdateReplacePolicy", "Metadata",
        "Properties",
    ]  # fmt: skip
    for resource in template()["Resources"].values():
        assert next(iter(resource)) == "Type"
        assert list(resource)[-1] == "Properties"


def test_functions_are_short() -> None:
    assert "!Sub 'v-${A}'" in render(_small())
    assert "Fn::" not in text()


def test_parameters_and_outputs_keep_their_order() -> None:
    declared = backup.template()
    assert list(template()["Parameters"]) == list(declared.parameters)
    assert list(template()["Outputs"]) == list(declared.outputs)


def test_a_section_without_a_place_is_refused() -> None:
    made = _small()
    made.set_transform("AWS::LanguageExtensions")
    with pytest.raises(ValueError, match="Transform"):
        render(made)


def test_an_attribute_without_a_place_is_refused() -> None:
    made = _small()
    made.resources["V"].resource["UpdatePolicy"] = {"AutoScalingRollingUpdate": {}}
    with pytest.raises(ValueError, match="UpdatePolicy"):
        render(made)


AWKWARD = [
    "1.0", "yes", "on", "2012-10-17", "0123", "1_000", "12:30", "1e3", "null", "~", "", " ", "a: b",
    "#x", "*", "&x", "!x", "=", "<<", "- a", "{a}", "[a]", "'", '"', "\\n", " a ", "a\nb", "a\n",
    "\u00e4", "x" * 2000, "x y " * 500, "a\nb: [" + ", ".join(["some:name"] * 30) + "]\nc",
]  # fmt: skip
"""Text that YAML takes for a number, a date, a truth, an alias, or folds."""


def test_text_stays_the_text_it_was() -> None:
    made = _small()
    for n, word in enumerate(AWKWARD):
        made.add_output(Output(f"O{n}", Value=word, Description=word or " "))
        made.add_output(Output(f"P{n}", Value=Sub(word)))
        made.add_output(Output(f"Q{n}", Value=Join("", [word, Ref("A")])))
    read = parse("a", render(made)).outputs
    assert [read[f"O{n}"]["Value"] for n in range(len(AWKWARD))] == AWKWARD
    assert [read[f"P{n}"]["Value"] for n in range(len(AWKWARD))] == [
        {"Fn::Sub": word} for word in AWKWARD
    ]
    assert [read[f"Q{n}"]["Value"] for n in range(len(AWKWARD))] == [
        {"Fn::Join": ["", [word, {"Ref": "A"}]]} for word in AWKWARD
    ]


def test_a_long_list_of_names_is_wrapped() -> None:
    names = [f"service:DoOneThing{n}" for n in range(30)]
    made = _small()
    made.resources["V"].Metadata = {"Names": names, "Texts": [f"{name} and" for name in names]}
    (wrapped,) = re.findall(r"^      Names: .*\n(?:        .*\n)*", render(made), re.MULTILINE)
    *full, last = wrapped.splitlines()
    assert full
    assert all(len(line) > LINE - 30 for line in full)
    assert max(map(len, [*full, last])) <= LINE
    assert parse("a", render(made)).document["Resources"]["V"]["Metadata"]["Names"] == names


def test_what_is_used_twice_is_written_out_twice() -> None:
    """CloudFormation's YAML has no aliases."""
    made = _small()
    shared = {"a": {"b": ["c", "d"]}}
    made.add_mapping("N", shared)
    made.add_mapping("O", shared)
    tree = yaml.parse(render(made), Loader=yaml.SafeLoader)
    assert [event for event in tree if isinstance(event, yaml.AliasEvent)] == []
    assert parse("a", render(made)).document["Mappings"]["O"] == shared


def test_a_reader_of_yaml_1_2_sees_the_same() -> None:
    """Nothing in the text depends on the version of YAML: no unquoted yes, date or octal.

    true and false are the same in both.
    """
    plain = [
        event.value
        for event in yaml.parse(text(), Loader=yaml.SafeLoader)
        if isinstance(event, yaml.ScalarEvent) and event.style is None
    ]
    odd = re.compile(r"(?i)(yes|no|on|off|null|~|y|n|0[0-7]+|\d+[-:_]\d.*|0x.*)")
    assert [value for value in plain if odd.fullmatch(value)] == []
