"""What has to be acknowledged is what CloudFormation asks for, and nothing more."""

from typing import Any

import pytest

from generator.cloudformation.capabilities import capabilities
from generator.cloudformation.read import Template

IAM, NAMED = ["CAPABILITY_IAM"], ["CAPABILITY_NAMED_IAM"]


@pytest.mark.parametrize(
    ("kind", "properties", "expected"),
    [
        ("AWS::S3::Bucket", {"BucketName": "b"}, []),
        ("AWS::IAM::Role", {}, IAM),
        ("AWS::IAM::Role", {"RoleName": "r"}, NAMED),
        ("AWS::IAM::Group", {"GroupName": "g"}, NAMED),
        ("AWS::IAM::InstanceProfile", {"InstanceProfileName": "p"}, NAMED),
        ("AWS::IAM::ManagedPolicy", {"ManagedPolicyName": "p"}, NAMED),
        ("AWS::IAM::User", {"UserName": "u"}, NAMED),
        # Names of something else.
        ("AWS::IAM::AccessKey", {"UserName": "u"}, IAM),
        ("AWS::IAM::UserToGroupAddition", {"GroupName": "g"}, IAM),
        ("AWS::IAM::Policy", {"PolicyName": "p", "RoleName": "r"}, IAM),
        ("AWS::IAM::InstanceProfile", {"RoleName": "r"}, IAM),
    ],
)
def test_a_type_with_properties(kind: str, properties: dict[str, Any], expected: list[str]) -> None:
    resources = {"It": {"Type": kind, "Properties": properties}, "No": {"Type": "T"}}
    assert capabilities(Template("a", {"Resources": resources})) == expected


def test_what_is_expanded() -> None:
    include = {"Fn::Transform": {"Name": "AWS::Include"}}
    role = {"Type": "AWS::IAM::Role", "Properties": None}
    assert capabilities(
        Template("a", {"Resources": {"A": {"Type": "T", "Properties": include}}})
    ) == ["CAPABILITY_AUTO_EXPAND"]
    assert capabilities(Template("a", {"Transform": "x", "Resources": {"A": role}})) == [
        *IAM,
        "CAPABILITY_AUTO_EXPAND",
    ]
