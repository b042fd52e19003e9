"""A parent that fits passes; each misfit is reported at its place, and nothing is guessed."""

import copy
from pathlib import Path
from typing import Any

import pytest

import build
from generator.parent import example
from generator.parent.nested_stacks import ParentError
from tests.support.parents import (
    GONE,
    PARAMETERS,
    URL,
    a_parent,
    found_in,
    output_of,
    place,
    value_of,
    written,
)

# What is changed; where that shows, in YAML and in JSON; rule and words of the only finding.
MISFITS: dict[str, Any] = {
    "required-parameter-missing": (
        value_of("ClusterId", GONE),
        ("Parameters:", '"Parameters": {'),
        ("E3043", "'ClusterId' is missing: Backup.template has no default for it"),
    ),
    "no-parameters-at-all": (
        {PARAMETERS: GONE},
        ("Properties:", '"Properties": {'),
        ("E3043", "'ClusterId' is missing: Backup.template has no default for it"),
    ),
    "unknown-parameter": (
        value_of("SchedulerIAMRole", "x"),
        ("SchedulerIAMRole:", '"SchedulerIAMRole":'),
        ("E3043", "no parameter 'SchedulerIAMRole'; did you mean SchedulerIAMRoleArn?"),
    ),
    "required-parameter-missing-in-a-branch": (
        value_of("ClusterId", {"Fn::If": ["Short", {"Ref": "AWS::NoValue"}, {"Ref": "Free"}]}),
        ("ClusterId: !If", '"ClusterId": {\n            "Fn::If"'),
        ("E9602", "refuses ClusterId: it has no default"),
    ),
    "unknown-parameter-in-a-branch": (
        {PARAMETERS: {"Fn::If": ["Short", {"ClusterId": "ab"}, {"ClusterId": "ab", "Nope": 1}]}},
        ("Nope:", '"Nope":'),
        ("E3043", "Backup.template has no parameter 'Nope'"),
    ),
    "pattern": (
        value_of("ClusterId", "two words"),
        ("ClusterId: two", '"ClusterId": "two'),
        ("E9602", "refuses ClusterId: 'two words' does not match ^[A-Za-z0-9]"),
    ),
    "minimum": (
        value_of("RetentionDays", 0),
        ("RetentionDays:", '"RetentionDays":'),
        ("E9602", "refuses RetentionDays: '0' is less than 1. Type a whole number of days"),
    ),
    "maximum": (
        value_of("StartWindowMinutes", "1441"),
        ("StartWindowMinutes:", '"StartWindowMinutes":'),
        ("E9602", "refuses StartWindowMinutes: '1441' is more than 1440"),
    ),
    "not-a-number": (
        value_of("RetentionDays", "a month"),
        ("RetentionDays:", '"RetentionDays":'),
        ("E9602", "refuses RetentionDays: 'a month' is not a number"),
    ),
    "instance-profile-for-a-role": (
        value_of("SchedulerIAMRoleArn", "arn:aws:iam::111122223333:instance-profile/x"),
        ("SchedulerIAMRoleArn:", '"SchedulerIAMRoleArn":'),
        ("E9602", "instance-profile/x' does not match"),
    ),
    "member-of-a-list": (
        value_of("AdditionalInstanceRoleArns", "arn:aws:iam::111122223333:role/a, b"),
        ("AdditionalInstanceRoleArns:", '"AdditionalInstanceRoleArns":'),
        ("E9602", "refuses AdditionalInstanceRoleArns: 'arn:aws:iam::111122223333:role/a, b' does"),
    ),
    "list-of-values": (
        value_of("AdditionalInstanceRoleArns", ["arn:aws:iam::111122223333:role/a"]),
        ("AdditionalInstanceRoleArns:", '"AdditionalInstanceRoleArns":'),
        ("E9602", "refuses AdditionalInstanceRoleArns: a list is not a string"),
    ),
    "list-of-the-parent": (
        value_of("AdditionalInstanceRoleArns", {"Ref": "List"}),
        ("AdditionalInstanceRoleArns:", '"AdditionalInstanceRoleArns":'),
        ("E9602", "the parameter 'List' is a list: pass !Join [',', !Ref List]"),
    ),
    "list-of-the-parent-of-an-aws-type": (
        value_of("AdditionalInstanceRoleArns", {"Ref": "Subnets"}),
        ("AdditionalInstanceRoleArns:", '"AdditionalInstanceRoleArns":'),
        ("E9602", "the parameter 'Subnets' is a list"),
    ),
    "list-that-a-function-gives": (
        value_of("AdditionalInstanceRoleArns", {"Fn::Split": [",", "a,b"]}),
        ("AdditionalInstanceRoleArns:", '"AdditionalInstanceRoleArns":'),
        ("E9602", "refuses AdditionalInstanceRoleArns: a list is not a string"),
    ),
    "map": (
        value_of("RetentionDays", {"Days": 30}),
        ("RetentionDays:", '"RetentionDays":'),
        ("E9602", "null and a map are not strings"),
    ),
    "null": (
        value_of("RetentionDays", None),
        ("RetentionDays:", '"RetentionDays":'),
        ("E9602", "null and a map are not strings"),
    ),
    "no-value-that-is-allowed-is": (
        value_of("RetentionDays", {"Ref": "None"}),
        ("RetentionDays:", '"RetentionDays":'),
        ("E9602", "refuses RetentionDays: '0' is less than 1"),
    ),
    "one-branch-of-two": (
        value_of("RetentionDays", {"Fn::If": ["Short", 30, {"Fn::If": ["Short", 1, 36501]}]}),
        ("RetentionDays:", '"RetentionDays":'),
        ("E9602", "refuses RetentionDays: '36501' is more than 36500"),
    ),
    "mapping": (
        value_of("RetentionDays", {"Fn::FindInMap": ["Info", "Data", "Days"]}),
        ("RetentionDays:", '"RetentionDays":'),
        ("E9602", "refuses RetentionDays: '0' is less than 1"),
    ),
    "text-that-is-put-together": (
        value_of("ClusterId", {"Fn::Join": [" ", ["soca", {"Fn::Sub": ["${a}", {"a": "b"}]}]]}),
        ("ClusterId: !Join", '"ClusterId": {\n            "Fn::Join"'),
        ("E9602", "refuses ClusterId: 'soca b' does not match"),
    ),
    "what-is-no-variable": (
        value_of("ClusterId", {"Fn::Sub": "${!AWS::StackName}"}),
        ("ClusterId: !Sub", '"ClusterId": {\n            "Fn::Sub"'),
        ("E9602", "refuses ClusterId: '${AWS::StackName}' does not match"),
    ),
    "parameters-is-a-list": (
        {PARAMETERS: [{"ClusterId": "ab"}]},
        ("Parameters:", '"Parameters": ['),
        ("E9602", "Parameters of Backup is not a map"),
    ),
    "output-that-is-not-there": (
        output_of({"Fn::GetAtt": ["Backup", "Outputs.BackupRoleARN"]}),
        (
            "!GetAtt 'Backup.Outputs.BackupRoleARN'",
            '"Fn::GetAtt": [\n          "Backup"',
        ),
        ("E9601", "Backup has no 'Outputs.BackupRoleARN': use Outputs.BackupRoleArn"),
    ),
    "outputs-forgotten": (
        output_of({"Fn::GetAtt": ["Backup", "BackupRoleArn"]}),
        ("!GetAtt 'Backup.BackupRoleArn'", '"Fn::GetAtt": [\n          "Backup"'),
        ("E9601", "Backup has no 'BackupRoleArn'"),
    ),
    "output-in-a-text": (
        output_of({"Fn::Sub": "${Free}, ${Backup.Outputs.Nope}"}),
        ("!Sub '${Free}, ", '"Fn::Sub": "${Free}'),
        ("E9601", "Backup has no 'Outputs.Nope'"),
    ),
    "output-in-a-text-with-variables": (
        output_of({"Fn::Sub": ["${a}${Backup.Outputs.Nope}", {"a": "b"}]}),
        ("!Sub\n", '"Fn::Sub": [\n          "${a}'),
        ("E9601", "Backup has no 'Outputs.Nope'"),
    ),
    "output-in-a-variable-of-a-text": (
        output_of({"Fn::Sub": ["${a}", {"a": {"Fn::GetAtt": ["Backup", "Outputs.Nope"]}}]}),
        ("!GetAtt 'Backup.Outputs.Nope'", '"Fn::GetAtt": [\n                "Backup"'),
        ("E9601", "Backup has no 'Outputs.Nope'"),
    ),
    "output-for-a-resource": (
        {
            ("Resources", "Backup2"): {
                "Type": "Custom::Anything",
                "Properties": {"Deep": [{"Fn::GetAtt": ["Backup", "Outputs.Nope"]}]},
            }
        },
        ("!GetAtt 'Backup.Outputs.Nope'", '"Fn::GetAtt": [\n              "Backup"'),
        ("E9601", "Backup has no 'Outputs.Nope'"),
    ),
    "url-without-a-region": (
        {URL: {"Fn::Sub": "https://${S3InstallBucket}.s3.${AWS::URLSuffix}/x/Backup.template"}},
        ("TemplateURL:", '"TemplateURL":'),
        ("W9603", "warning: this TemplateURL names no region"),
    ),
    "url-that-is-refused": (
        {URL: {"Fn::Sub": "s3://${S3InstallBucket}/x/Backup.template"}},
        ("TemplateURL:", '"TemplateURL":'),
        ("E9605", "TemplateURL begins with s3://, and CloudFormation takes only https://"),
    ),
    "parameter-that-is-not-there": (
        value_of("ClusterId", {"Ref": "ExistingVault"}),
        ("!Ref 'ExistingVault'", '"Ref": "ExistingVault"\n'),
        ("E9604", "no parameter or resource 'ExistingVault': add it, or did you mean ExistingVaul"),
    ),
}


@pytest.mark.parametrize("form", ["yaml", "json"])
@pytest.mark.parametrize("misfit", MISFITS)
def test_a_misfit_is_the_only_finding_and_has_its_place(misfit: str, form: str) -> None:
    changes, needles, (rule, words) = MISFITS[misfit]
    text = written(form, a_parent(changes))
    (finding,) = found_in(text)
    assert finding.startswith(f"{place(text, needles[form == 'json'])} {rule}: ")
    assert words in finding


@pytest.mark.parametrize("form", ["yaml", "json"])
def test_the_example_fits(form: str) -> None:
    assert found_in(written(form, a_parent())) == []


def test_the_example_in_the_repository_fits(capsys: pytest.CaptureFixture[str]) -> None:
    assert build.main(["check-parent", str(example.PATH)]) == build.FINE
    assert capsys.readouterr() == (f"{example.PATH} fits Backup.template (Backup)\n", "")


NOT_KNOWN: dict[str, Any] = {
    "parameter": value_of("ClusterId", {"Ref": "Free"}),
    "parameter-that-allows-a-right-value": value_of("RetentionDays", {"Ref": "Some"}),
    "parameter-in-the-store": value_of("ClusterId", {"Ref": "Stored"}),
    "stack-name": value_of("ClusterId", {"Fn::Sub": "a b ${AWS::StackName}"}),
    "attribute": value_of("ClusterId", {"Fn::GetAtt": ["CheckSOCAPreRequisite", "ClusterId"]}),
    "import": value_of("ClusterId", {"Fn::ImportValue": "a b"}),
    "dynamic-reference": value_of("ClusterId", "{{resolve:ssm:/soca/id}}"),
    "mapping-of-the-region": value_of(
        "ClusterId", {"Fn::FindInMap": ["Info", {"Ref": "AWS::Region"}, "Days"]}
    ),
    "unknown-function": value_of("ClusterId", {"Fn::Nonsense": "a b"}),
    "a-macro-makes-the-parameters": {PARAMETERS: {"Fn::Transform": {"Name": "Make"}}},
    "default-taken-away": value_of("RetentionDays", {"Ref": "AWS::NoValue"}),
    "variable-of-the-text-itself": output_of(
        {"Fn::Sub": ["${Backup.Outputs.Nope}", {"Backup.Outputs.Nope": "b"}]}
    ),
    "literal-in-a-text": output_of({"Fn::Sub": "${!Backup.Outputs.Nope}"}),
    "output-of-another-stack": output_of({"Fn::GetAtt": ["Security", "Outputs.Nope"]}),
    "what-else-is-wrong": {
        ("Resources", "Topic"): {"Type": "AWS::SNS::Topic", "Properties": {"Nope": 1}},
        ("Resources", "Security", "Properties", "Parameters"): {"Nope": "x"},
    },
    "host-from-a-parameter": {URL: {"Fn::Sub": "https://${VpcId}/Backup.template"}},
    "region-in-the-path-style": {URL: "https://s3.eu-west-1.amazonaws.com/b/Backup.template"},
    "region-with-a-dash": {URL: "https://b.s3-eu-west-1.amazonaws.com/Backup.template"},
}


@pytest.mark.parametrize("form", ["yaml", "json"])
@pytest.mark.parametrize("unknown", NOT_KNOWN)
def test_what_only_a_deployment_knows_is_not_guessed(unknown: str, form: str) -> None:
    assert found_in(written(form, a_parent(NOT_KNOWN[unknown]))) == []


def test_a_computed_name_of_an_output_is_not_guessed() -> None:
    computed = output_of({"Fn::GetAtt": ["Backup", {"Fn::Sub": "Outputs.${Free}"}]})
    assert found_in(written("json", a_parent(computed))) == []


SUFFIX = {"Fn::Sub": "https://s3.us-east-1.${AWS::URLSuffix}"}


@pytest.mark.parametrize(
    ("url", "is_ours"),
    [
        pytest.param("https://b.s3.us-east-1.amazonaws.com/Backup.template", True, id="text"),
        pytest.param(
            "https://b.s3.us-east-1.amazonaws.com/Backup.template?versionId=1", True, id="version"
        ),
        pytest.param(
            {"Fn::Join": ["/", [SUFFIX, {"Ref": "VpcId"}, "templates/Backup.template"]]},
            True,
            id="joined",
        ),
        pytest.param({"Fn::Sub": "${VpcId}Backup.template"}, True, id="prefix-unknown"),
        pytest.param(
            {
                "Fn::Sub": [
                    "${u}/Backup.template",
                    {"u": {"Fn::FindInMap": ["Info", "Data", "Url"]}},
                ]
            },
            True,
            id="mapping",
        ),
        pytest.param(
            {
                "Fn::If": [
                    "Short",
                    "https://b.s3.us-east-1.amazonaws.com/Backup.template",
                    {"Ref": "VpcId"},
                ]
            },
            True,
            id="one-branch",
        ),
        pytest.param(
            {"Fn::Sub": "https://b.s3.us-east-1.amazonaws.com/${Named}"}, True, id="default"
        ),
        pytest.param({"Ref": "Named"}, True, id="default-as-a-whole"),
        pytest.param(
            "https://b.s3.us-east-1.amazonaws.com/MyBackup.template", False, id="longer-name"
        ),
        pytest.param(
            "https://b.s3.us-east-1.amazonaws.com/backup.template", False, id="other-case"
        ),
        pytest.param("https://b.s3.us-east-1.amazonaws.com/Backup.template/x", False, id="folder"),
        pytest.param({"Ref": "VpcId"}, False, id="unknown"),
        pytest.param({"Ref": "Stored"}, False, id="in-the-store"),
        pytest.param({"Fn::Select": [0, ["a/Backup.template"]]}, False, id="function-unknown"),
        pytest.param(None, False, id="null"),
        pytest.param(["Backup.template"], False, id="list"),
        pytest.param(GONE, False, id="missing"),
    ],
)
def test_a_stack_is_ours_by_the_end_of_its_url(url: Any, is_ours: bool) -> None:
    misfit = value_of("Nope", "x")
    named = {"Type": "String", "Default": "Backup.template"}
    text = written("yaml", a_parent({URL: url, ("Parameters", "Named"): named, **misfit}))
    if is_ours:
        assert [" E3043: " in finding for finding in found_in(text)] == [True]
    else:
        with pytest.raises(
            ParentError, match=r"has no nested stack .* name that stack with --stack"
        ):
            found_in(text)
    # Named, it is ours whatever the URL says.
    assert [" E3043: " in finding for finding in found_in(text, "Backup")] == [True]


SOCA_2_6_1 = """\
Parameters:
  S3InstallBucket:
    Type: String
    Default: '%%BUCKET_NAME%%'
  S3InstallFolder:
    Type: String
    Default: '%%SOLUTION_NAME%%/%%VERSION%%'
Resources:
  Security:
    Type: AWS::CloudFormation::Stack
    Properties:
      Parameters: {Anything: 1}
      TemplateURL: !Join [ "/", [!Sub "https://s3.${AWS::URLSuffix}", !Ref S3InstallBucket,
        !Ref S3InstallFolder, "templates/Security.template"] ]
  Backup:
    Type: AWS::CloudFormation::Stack
    Properties:
      Parameters:
        SchedulerIAMRoleArn: !GetAtt Security.Outputs.SchedulerIAMRoleArn
        ComputeNodeIAMRole: !GetAtt Security.Outputs.ComputeNodeIAMRole
        RetentionDays: 7
      TemplateURL: !Join [ "/", [!Sub "https://s3.${AWS::URLSuffix}", !Ref S3InstallBucket,
        !Ref S3InstallFolder, "templates/Backup.template"] ]
Outputs:
  Role:
    Value: !GetAtt Backup.Outputs.BackupRole
"""


def test_a_main_stack_of_soca_2_6_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "scale-out-computing-on-aws.template"
    path.write_text(SOCA_2_6_1)
    assert build.main(["check-parent", str(path)]) == build.FINDING
    out, err = capsys.readouterr()
    starts = [line.removeprefix(f"{path}:")[:12] for line in out.splitlines()]
    assert starts == ["18:7: E3043:", "20:9: E3043:", "22:7: W9603:", "26:12: E9601"]
    assert err == "build.py: 3 finding(s), 1 warning(s)\n"


def test_every_stack_of_ours_is_checked_and_stack_chooses_one() -> None:
    other = copy.deepcopy(a_parent()["Resources"]["Backup"])
    other["Properties"]["Parameters"]["RetentionDays"] = 0
    text = written("yaml", a_parent({("Resources", "Other"): other, **value_of("Nope", 1)}))
    assert [each.split(": ")[1] for each in found_in(text)] == ["E3043", "E9602"]
    assert [each.split(": ")[1] for each in found_in(text, "Other")] == ["E9602"]


def test_a_companion_is_checked_as_what_it_is() -> None:
    companion = {
        "Type": "AWS::CloudFormation::Stack",
        "Properties": {
            "TemplateURL": "https://b.s3.us-east-1.amazonaws.com/BackupRestoreTesting.template",
            "Parameters": {
                "ClusterId": {"Ref": "ClusterId"},
                "BackupVaultArn": {"Fn::GetAtt": ["Backup", "Outputs.BackupVaultArn"]},
                "BackupTagKey": "soca:BackupPlan",
            },
        },
    }
    text = written("yaml", a_parent({("Resources", "Tests"): companion}))
    name = "BackupRestoreTesting.template"
    assert [each.split(": E3043: ")[1] for each in found_in(text) if "E3043" in each] == [
        f"'BackupRoleArn' is missing: {name} has no default for it",
        f"{name} has no parameter 'BackupTagKey'",
    ]


def test_what_fits_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "parent"
    stack = a_parent()["Resources"]["Backup"]
    path.write_text(written("json", a_parent({("Resources", f"Other{n}"): stack for n in "123"})))
    assert build.main(["check-parent", str(path)]) == build.FINE
    assert capsys.readouterr() == (f"{path} fits Backup.template (4 stacks)\n", "")


# What a macro or a loop adds is not known; what is written is checked all the same.
INCLUDE = {"Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": "s3://b/k"}}}
UNKNOWN_NAMES = {"Fn::ForEach::P": ["P", {"Ref": "List"}, {"${P}": "x"}]}
MACROS: dict[str, tuple[dict[tuple[str, ...], Any], list[str]]] = {
    "beside the parameters": ({PARAMETERS: INCLUDE | {"RetentionDays": 7}}, []),
    "beside a wrong value": ({PARAMETERS: INCLUDE | {"RetentionDays": 0}}, ["E9602"]),
    "beside a wrong name": ({PARAMETERS: INCLUDE | {"ClusterID": "x"}}, ["E3043"]),
    "instead of the parameters": (
        {PARAMETERS: GONE, ("Resources", "Backup", "Properties", "Fn::Transform"): INCLUDE},
        [],
    ),
    "beside the type": (
        {PARAMETERS: GONE, ("Resources", "Backup", "Fn::Transform"): INCLUDE["Fn::Transform"]},
        [],
    ),
    "somebody's, for the template": ({PARAMETERS: GONE, ("Transform",): "Mine"}, []),
    "SAM's, for the template": (
        {PARAMETERS: GONE, ("Transform",): "AWS::Serverless-2016-10-31"},
        ["E3043"],
    ),
    "a loop over what nobody knows": ({PARAMETERS: UNKNOWN_NAMES}, []),
    "a loop over a list": (
        {PARAMETERS: {"Fn::ForEach::P": ["P", ["ClusterId", "Nope"], {"${P}": "x1"}]}},
        ["E3043"],
    ),
}


@pytest.mark.parametrize(("changes", "rules"), MACROS.values(), ids=MACROS)
def test_beside_a_macro(changes: dict[tuple[str, ...], Any], rules: list[str]) -> None:
    found = found_in(written("json", a_parent(changes)))
    assert [each.split(": ")[1] for each in found] == rules


LOOP = """\
Transform: AWS::LanguageExtensions
Parameters: {Names: {Type: CommaDelimitedList}}
Resources:
  Fn::ForEach::Clusters:
    - Name
    - [alpha, beta]
    - Backup${Name}:
        Type: AWS::CloudFormation::Stack
        Properties:
          TemplateURL: https://b.s3.us-east-1.amazonaws.com/Backup.template
          Parameters:
            ClusterId: !Sub two ${Name}
            RetentionDay: 7
Outputs:
  One: {Value: !GetAtt Backupalpha.Outputs.BackupTag}
  Two: {Value: !GetAtt Backupbeta.Outputs.BackupTags}
  Three: {Value: !GetAtt Backupgamma.Outputs.BackupTag}
"""


def test_a_stack_in_a_loop() -> None:
    assert [each.split(": ")[:2] for each in found_in(LOOP)] == [
        ["parent:12:13", "E9602"],  # two alpha
        ["parent:12:13", "E9602"],  # two beta
        ["parent:13:13", "E3043"],
        ["parent:16:16", "E9601"],
        ["parent:17:18", "E9604"],
    ]
    assert len(found_in(LOOP, "Backupbeta")) == 4
    unknown = LOOP.replace("[alpha, beta]", "!Ref Names")
    assert [each.split(": ")[:2] for each in found_in(unknown)] == [["parent:13:13", "E3043"]]


def test_the_working_directory_does_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    changes = {**value_of("Nope", 1), **output_of({"Fn::GetAtt": ["Backup", "Outputs.Nope"]})}
    found = found_in(written("json", a_parent(changes)))
    assert [each.split(": ")[1] for each in found] == ["E9601", "E3043"]


def test_an_alias_counts_where_it_is_used() -> None:
    text = (
        "Resources:\n"
        "  Backup: &backup\n"
        "    Type: AWS::CloudFormation::Stack\n"
        "    Properties:\n"
        "      TemplateURL: https://b.s3.us-east-1.amazonaws.com/Backup.template\n"
        "      Parameters: {ClusterId: two words}\n"
        "  Again: *backup\n"
    )
    starts = [finding.partition(": Backup")[0] for finding in found_in(text)]
    assert starts == ["parent:6:20: E9602", "parent:7:3: E9602"]


def test_warnings_alone_are_fine(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "parent"
    path.write_text(written("yaml", a_parent({URL: "https://b.s3.amazonaws.com/Backup.template"})))
    assert build.main(["check-parent", str(path)]) == build.FINE
    out, err = capsys.readouterr()
    assert ": W9603: warning: " in out
    assert out.endswith(f"{path} fits Backup.template (Backup)\n")
    assert err == "build.py: 0 finding(s), 1 warning(s)\n"
