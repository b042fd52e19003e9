"""W9545: names of backup roles."""

from typing import Any

import pytest

from tests.rules.support import agree, found, role, selection, template

PARAMETERS = {"Given": {"Type": "String"}, "Named": {"Type": "String", "Default": "SOCA-Backup"}}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (None, []),
        ("cluster-AWSBackup", []),
        ("AwsBackupRole", []),
        ("SOCA-Backup", ["'SOCA-Backup' contains neither"]),
        ("awsbackup", ["contains neither"]),
        ({"Ref": "Named"}, ["(default of parameter 'Named')"]),
        ({"Ref": "Given"}, []),
        ({"Fn::Sub": "${AWS::StackName}-backup"}, []),
        ({"Fn::Sub": "${Given}-AWSBackup"}, []),
        ({"Fn::Sub": "backup-${AWS::Region}"}, ["contains neither"]),
        ({"Ref": "AWS::NoValue"}, []),
    ],
)
def test_names(name: Any, expected: list[str]) -> None:
    whole = template(Role=role(RoleName=name), Selection=selection(), Parameters=PARAMETERS)
    agree(found("W9545", whole), expected)


@pytest.mark.parametrize(
    ("logical_id", "advice"),
    [
        ("Role", "or remove RoleName and give the role a logical id with AWSBackup"),
        ("AWSBackupRole", "or remove RoleName, since the logical id 'AWSBackupRole' puts it into"),
    ],
)
def test_the_advice_makes_a_name_that_can_be_passed(logical_id: str, advice: str) -> None:
    used = selection(IamRoleArn={"Fn::GetAtt": [logical_id, "Arn"]})
    roles = {logical_id: role(RoleName="nightly")}
    agree(found("W9545", template(**roles, Selection=used)), [advice])


def test_a_role_that_the_selection_names_by_its_name() -> None:
    arn = {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/service/backup"}
    whole = template(Role=role(RoleName="backup"), Selection=selection(IamRoleArn=arn))
    agree(found("W9545", whole), ["contains neither"])
