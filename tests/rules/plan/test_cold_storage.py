"""W9563: what never moves to cold storage."""

from typing import Any

import pytest

from tests.rules.support import agree, found, plan, rule, selection, template

COLD = {"DeleteAfterDays": 365, "MoveToColdStorageAfterDays": 30}
ARCHIVE = {**COLD, "OptInToArchiveForSupportedResources": True}
WARM = {
    "arn:aws:ec2:*:*:instance/*",
    "arn:aws:fsx:*:*:file-system/*",
    "arn:aws:fsx:*:*:volume/*",
    "arn:aws:rds:*:*:cluster:*",
    "arn:aws:rds:*:*:db:*",
    "arn:aws:redshift:*:*:cluster:*",
    "arn:aws:s3:::*",
    "arn:aws:storagegateway:*:*:gateway/*",
}
TAGS = [{"ConditionType": "STRINGEQUALS", "ConditionKey": "a", "ConditionValue": "b"}]
EC2, EFS = "arn:aws:ec2:*:*:instance/*", "arn:aws:elasticfilesystem:*:*:file-system/*"
VOLUME = "arn:aws:ec2:*:*:volume/*"
NO = {"Ref": "AWS::NoValue"}


def messages(lifecycle: dict[str, Any], *selected: dict[str, Any], **copy: Any) -> list[str]:
    resources = {f"Selection{n}": selection(**each) for n, each in enumerate(selected)}
    whole = template(
        Plan=plan(rule(Lifecycle=lifecycle, **copy)),
        Fs={"Type": "AWS::EFS::FileSystem"},
        Server={"Type": "AWS::EC2::Instance"},
        Parameters={"Given": {"Type": "String"}},
        Conditions={"On": {"Fn::Equals": [{"Ref": "Given"}, "on"]}},
        **resources,
    )
    return found("W9563", whole)


@pytest.mark.parametrize("arn", sorted(WARM))
def test_types_that_stay_warm(arn: str) -> None:
    agree(messages(COLD, {"Resources": [arn]}), ["has no effect"])
    assert messages({"DeleteAfterDays": 365}, {"Resources": [arn]}) == []


@pytest.mark.parametrize(
    ("lifecycle", "selected", "expected"),
    [
        (COLD, [{"Resources": [EFS]}], False),
        (COLD, [{"Resources": [EC2, EFS]}], False),
        (COLD, [{"Resources": [EC2]}, {"Resources": [EFS]}], False),
        (COLD, [{"Resources": [EC2, {"Fn::If": ["On", EFS, NO]}]}], False),
        (COLD, [{"Resources": [EC2, {"Ref": "Given"}]}], False),
        (COLD, [{"Resources": [EC2, {"Fn::GetAtt": ["Fs", "Arn"]}]}], False),
        (COLD, [{"Resources": [EC2], "ListOfTags": TAGS}], False),
        (COLD, [{"ListOfTags": TAGS}], False),
        (COLD, [{"Resources": ["*"]}], False),
        (COLD, [{"Resources": ["arn:aws:ec2:*"]}], False),
        (COLD, [{"Resources": ["arn:aws:dynamodb:*:*:table/*"]}], False),
        (COLD, [{"Resources": ["arn:aws:eks:*:*:cluster/*"]}], False),
        (COLD, [], False),
        (COLD, [{"Resources": [VOLUME]}], True),
        (COLD, [{"Resources": ["arn:aws:ec2:*:*:*"]}], True),
        (ARCHIVE, [{"Resources": [VOLUME]}], False),
        (ARCHIVE, [{"Resources": [EC2]}], True),
        (ARCHIVE, [{"Resources": [EC2, VOLUME]}], False),
        (
            {**ARCHIVE, "OptInToArchiveForSupportedResources": "false"},
            [{"Resources": [VOLUME]}],
            True,
        ),
        (
            {**ARCHIVE, "OptInToArchiveForSupportedResources": {"Ref": "Given"}},
            [{"Resources": [VOLUME]}],
            False,
        ),
        ({**COLD, "MoveToColdStorageAfterDays": {"Ref": "Given"}}, [{"Resources": [EC2]}], False),
        ({**COLD, "MoveToColdStorageAfterDays": -1}, [{"Resources": [EC2]}], False),
        (COLD, [{"Resources": [EC2]}, {"Resources": [VOLUME]}], True),
    ],
)
def test_selections(
    lifecycle: dict[str, Any], selected: list[dict[str, Any]], *, expected: bool
) -> None:
    agree(messages(lifecycle, *selected), ["has no effect"] if expected else [])


def test_copies_stay_warm_as_well() -> None:
    far = "arn:aws:backup:eu-west-1:111122223333:backup-vault:far"
    copies = [{"DestinationBackupVaultArn": far, "Lifecycle": COLD}]
    agree(messages({}, {"Resources": [EC2]}, CopyActions=copies), ["has no effect"])


def test_selections_of_other_plans_say_nothing() -> None:
    other = selection(Resources=[EC2])
    other["Properties"]["BackupPlanId"] = {"Fn::ImportValue": "plan"}
    whole = template(Plan=plan(rule(Lifecycle=COLD)), Selection=other)
    assert found("W9563", whole) == []
