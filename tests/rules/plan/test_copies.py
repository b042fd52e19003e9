"""E9506: where copies go."""

from typing import Any

import pytest

from tests.rules.support import agree, found, plan, rule, selection, template, vault

FAR = "arn:aws:backup:eu-west-1:111122223333:backup-vault:far"
HOME = "arn:${AWS::Partition}:backup:${AWS::Region}:${AWS::AccountId}:backup-vault:"


def messages(*destinations: Any, target: Any = "Default", **sections: Any) -> list[str]:
    copies = [{"DestinationBackupVaultArn": arn} for arn in destinations]
    its = rule(TargetBackupVault=target, CopyActions=copies)
    return found("E9506", template(Plan=plan(its), Vault=vault(), **sections))


@pytest.mark.parametrize(
    ("destination", "expected"),
    [
        (FAR, []),
        ("arn:aws-cn:backup:cn-northwest-1:111122223333:backup-vault:far", []),
        ("arn:aws-us-gov:backup:us-gov-east-1:111122223333:backup-vault:a_b", []),
        ("arn:aws-eusc:backup:eusc-de-east-1:111122223333:backup-vault:a", []),
        ("arn:aws-iso:backup:us-iso-east-1:111122223333:backup-vault:a", []),
        ({"Fn::Sub": HOME.replace("${AWS::Region}", "eu-west-1") + "far"}, []),
        ({"Ref": "Arn"}, []),
        ({"Fn::Sub": "${Arn}"}, []),
        ({"Fn::Sub": "arn:${AWS::Partition}:${Rest}"}, []),
        ({"Fn::ImportValue": "vault"}, []),
        ({"Fn::Join": [":", ["arn:aws:backup", {"Ref": "Rest"}]]}, []),
        ("far", ["it is not the ARN of a vault"]),
        ("", ["it is not the ARN of a vault"]),
        ("not-an-arn", ["it is not the ARN of a vault"]),
        ({"Fn::Sub": "Vault-${Rest}"}, ["it is not the ARN of a vault"]),
        ({"Ref": "Vault"}, ["use its ARN, !GetAtt Vault.BackupVaultArn"]),
        (FAR.replace("vault:far", "vault/far"), ["it has 'backup-vault/far' where"]),
        (FAR.replace(":backup-vault:", ":vault:"), ["it has 'vault' where the ARN of a vault has"]),
        ("arn:aws:s3:::bucket", ["it is an ARN of 's3'"]),
        (FAR.replace("eu-west-1", "cn-north-1"), ["is in partition 'aws-cn', not in 'aws'"]),
        (FAR.replace("aws", "aws-cn", 1), ["is in partition 'aws', not in 'aws-cn'"]),
    ],
)
def test_destinations(destination: Any, expected: list[str]) -> None:
    parameters = {"Arn": {"Type": "String"}, "Rest": {"Type": "String"}}
    agree(messages(destination, Parameters=parameters), expected)


@pytest.mark.parametrize("target", [{"Ref": "Vault"}, "nightly"])
@pytest.mark.parametrize(
    "destination", [{"Fn::GetAtt": ["Vault", "BackupVaultArn"]}, {"Fn::Sub": HOME + "nightly"}]
)
def test_the_vault_that_is_filled_anyway(target: Any, destination: Any) -> None:
    agree(messages(destination, target=target), ["the vault that the rule already uses"])


def test_a_vault_of_the_same_name_elsewhere_is_another_vault() -> None:
    far = FAR.replace("far", "nightly")
    assert messages(far, target={"Ref": "Vault"}) == []


def test_twice_to_one_vault() -> None:
    agree(messages(FAR, FAR), ["appears twice in this rule"])
    assert messages(FAR, FAR.replace("far", "further")) == []


def test_two_branches_of_one_copy_action_are_one_copy() -> None:
    conditions = {"Long": {"Fn::Equals": [{"Ref": "AWS::Region"}, "eu-west-1"]}}
    short, long = ({"DestinationBackupVaultArn": FAR, "Lifecycle": {}} for _ in range(2))
    its = rule(CopyActions=[{"Fn::If": ["Long", long, short]}])
    assert found("E9506", template(Plan=plan(its), Conditions=conditions)) == []


def test_the_partition_that_the_template_names_for_its_own_role() -> None:
    role = "arn:aws-us-gov:iam::111122223333:role/AWSBackup"
    whole = messages(FAR, Selection=selection(IamRoleArn=role))
    agree(whole, ["puts this stack in 'aws-us-gov'"])
    assert messages(FAR, Selection=selection(IamRoleArn=role.replace("-us-gov", ""))) == []
    assert messages(FAR, Selection=selection(IamRoleArn={"Ref": "Nobody"})) == []
    anywhere = {"Fn::Sub": HOME + "far"}
    assert messages(anywhere, Selection=selection(IamRoleArn=role)) == []
    open_ended = {"Fn::Sub": role.replace("aws-us-gov", "${AWS::Partition}")}
    assert messages(FAR, Selection=selection(IamRoleArn=open_ended)) == []
    types = ["arn:aws-cn:ec2:*:*:instance/*"]
    agree(messages(FAR, Selection=selection(Resources=types)), ["in 'aws-cn'"])
