"""What a parent refers to around the nested stack is there, or it is a finding at its place."""

from typing import Any

import pytest

from tests.support.parents import URL, a_parent, found_in, output_of, value_of, written

Changes = dict[tuple[str, ...], Any]
STACK = ("Resources", "Backup")


def topic(name: Any, **attributes: Any) -> Changes:
    """Return a change that adds a resource with a property of this value."""
    properties = {"DisplayName": name, "KmsMasterKeyId": {"Ref": "Elsewhere"}}
    resource = {"Type": "AWS::SNS::Topic", "Properties": properties, **attributes}
    return {("Resources", "Topic"): resource}


BACKUP_TAG = {"Fn::GetAtt": ["Backup", "Outputs.BackupTag"]}

UNDEFINED: dict[str, tuple[Changes, str]] = {
    "Ref": (value_of("ClusterId", {"Ref": "Nope"}), "no parameter or resource 'Nope'"),
    "Ref, misspelt": (value_of("ClusterId", {"Ref": "Vpcid"}), "did you mean VpcId?"),
    "GetAtt": (value_of("ClusterId", {"Fn::GetAtt": ["Nope", "Arn"]}), "resource 'Nope'"),
    "in a text": (value_of("ClusterId", {"Fn::Sub": "a${Nope}"}), "resource 'Nope'"),
    "an attribute in a text": (value_of("ClusterId", {"Fn::Sub": "${Nope.Arn}"}), "'Nope'"),
    "in a variable of a text": (
        value_of("ClusterId", {"Fn::Sub": ["${a}", {"a": {"Ref": "Nope"}}]}),
        "'Nope'",
    ),
    "a pseudo parameter": (value_of("ClusterId", {"Ref": "AWS::Account"}), "'AWS::Account'"),
    "in the address": (
        {URL: {"Fn::Sub": "https://b.s3.${Nope}.amazonaws.com/Backup.template"}},
        "'Nope'",
    ),
    "elsewhere in the stack": (
        {(*STACK, "Properties", "NotificationARNs"): [{"Ref": "Nope"}]},
        "resource 'Nope'",
    ),
    "a condition of the stack": ({(*STACK, "Condition"): "Nope"}, "no condition 'Nope'"),
    "a condition in it": (
        value_of("ClusterId", {"Fn::If": ["Shorts", "ab", "cd"]}),
        "no condition 'Shorts': add it, or did you mean Short?",
    ),
    "in a condition of the stack": (
        {
            (*STACK, "Condition"): "Asked",
            ("Conditions", "Asked"): {"Fn::Equals": [{"Ref": "Nope"}, ""]},
        },
        "parameter or resource 'Nope'",
    ),
    "a condition of a condition": (
        {
            (*STACK, "Condition"): "Asked",
            ("Conditions", "Asked"): {"Fn::Not": [{"Condition": "Nope"}]},
        },
        "no condition 'Nope'",
    ),
    "what it waits for": ({(*STACK, "DependsOn"): ["Security", "Nope"]}, "no resource 'Nope'"),
    "a parameter that it waits for": ({(*STACK, "DependsOn"): "VpcId"}, "no resource 'VpcId'"),
    "a mapping": (
        value_of("ClusterId", {"Fn::FindInMap": ["Nope", "Data", "Days"]}),
        "Mappings has no 'Nope': add it",
    ),
    "a row of a mapping": (
        value_of("ClusterId", {"Fn::FindInMap": ["Info", "Nope", "Days"]}),
        "Mappings.Info has no 'Nope'",
    ),
    "in an output that reads the stack": (
        output_of({"Fn::Join": ["", [BACKUP_TAG, {"Ref": "Nope"}]]}),
        "'Nope'",
    ),
    "a condition of an output that reads it": (
        {("Outputs", "BackupTag", "Condition"): "Nope"},
        "no condition 'Nope'",
    ),
    "an output of a stack that is not there": (
        output_of({"Fn::GetAtt": ["Backups", "Outputs.BackupTag"]}),
        "no parameter or resource 'Backups': add it, or did you mean Backup?",
    ),
}


@pytest.mark.parametrize("form", ["yaml", "json"])
@pytest.mark.parametrize(("changes", "said"), UNDEFINED.values(), ids=UNDEFINED)
def test_what_is_not_there(changes: Changes, said: str, form: str) -> None:
    (finding,) = found_in(written(form, a_parent(changes)))
    assert ": E9604: " in finding
    assert said in finding


def test_only_the_property_that_reads_the_stack_counts() -> None:
    reads = {"Fn::Join": ["", [BACKUP_TAG, {"Ref": "Nope"}]]}
    (finding,) = found_in(written("json", a_parent(topic(reads))))
    assert "'Nope'" in finding  # and not KmsMasterKeyId


INCLUDE = {"Name": "AWS::Include", "Parameters": {"Location": "s3://b/k"}}
NOPE = value_of("ClusterId", {"Ref": "Nope"})
ASKED = value_of("ClusterId", {"Fn::If": ["Nope", "ab", "cd"]})

FINE: dict[str, Changes] = {
    "pseudo parameters": value_of("ClusterId", {"Fn::Sub": "a${AWS::AccountId}"}),
    "a variable of the text": value_of("ClusterId", {"Fn::Sub": ["${Nope}", {"Nope": "ab"}]}),
    "a literal": value_of("ClusterId", {"Fn::Sub": "a${!Nope}"}),
    "elsewhere": topic({"Ref": "Nope"}),
    "elsewhere in a policy": topic("x", Metadata={"Condition": "Nope"}),
    "a stack that is not there, but no output": output_of({"Fn::GetAtt": ["Nope", "Arn"]}),
    "parameters from an include": NOPE | {("Parameters", "Fn::Transform"): INCLUDE},
    "resources from an include": NOPE | {("Resources", "Fn::Transform"): INCLUDE},
    "conditions from an include": ASKED | {("Conditions", "Fn::Transform"): INCLUDE},
    "what SAM makes": NOPE | {("Transform",): "AWS::Serverless-2016-10-31"},
    "what somebody's macro makes": ASKED | {("Transform",): ["Mine"]},
    "a mapping from an include": (
        value_of("ClusterId", {"Fn::FindInMap": ["Nope", "a", "b"]})
        | {("Mappings", "Fn::Transform"): INCLUDE}
    ),
    "a look-up with a default": value_of(
        "ClusterId", {"Fn::FindInMap": ["Nope", "a", "b", {"DefaultValue": "ab"}]}
    ),
    "a computed name": value_of("ClusterId", {"Ref": {"Fn::Sub": "${VpcId}"}}),
    "no name to wait for": {(*STACK, "DependsOn"): None},
}


@pytest.mark.parametrize("changes", FINE.values(), ids=FINE)
def test_what_is_there_or_may_be(changes: Changes) -> None:
    assert [each for each in found_in(written("json", a_parent(changes))) if "E9604" in each] == []


def test_the_two_parameters_that_the_parent_has_to_get() -> None:
    forgotten = a_parent()
    for name in ("ExistingVaultName", "S3InstallBucketRegion"):
        del forgotten["Parameters"][name]
    found = found_in(written("yaml", forgotten))
    assert [each.split(": ")[1] for each in found] == ["E9604", "E9604"]
    assert "'S3InstallBucketRegion'" in found[0]
    assert "'ExistingVaultName'" in found[1]
