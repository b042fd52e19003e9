"""E9512: keys of vaults."""

from typing import Any

import pytest

from tests.rules.support import agree, found, template, vault

ARN = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"


@pytest.mark.parametrize(
    ("arn", "expected"),
    [
        (ARN, []),
        ({"Fn::GetAtt": ["Key", "Arn"]}, []),
        ({"Fn::GetAtt": "Key.Arn"}, []),
        ({"Fn::Sub": "${Key.Arn}"}, []),
        ({"Fn::Sub": "arn:${AWS::Partition}:kms:${AWS::Region}:${AWS::AccountId}:key/${Key}"}, []),
        ({"Ref": "Given"}, []),
        ({"Ref": "AWS::NoValue"}, []),
        ({"Fn::ImportValue": "key"}, []),
        ({"Ref": "Key"}, ["is the id of the key 'Key', and a vault takes only the ARN"]),
        ({"Ref": "Alias"}, ["is the alias 'Alias'"]),
        ("alias/backups", ["is an alias, and"]),
        ("1234abcd-12ab-34cd-56ef-1234567890ab", ["is no ARN"]),
        ("mrk-1234abcd12ab34cd56ef1234567890ab", ["is no ARN"]),
        (ARN.replace("key/", "alias/"), ["is the ARN of an alias"]),
        ({"Fn::Sub": "arn:${AWS::Partition}:kms:eu-west-1:1:alias/x"}, ["is the ARN of an alias"]),
        ("arn:aws:s3:::bucket", ["is an ARN of 's3'"]),
        ({"Fn::Sub": "arn:aws:${Given}:eu-west-1:1:key/x"}, []),
        (ARN.replace("key/", ""), ["where AWS KMS has key/<id>"]),
        ({"Fn::Sub": "alias/${Given}"}, ["is an alias, and"]),
        ({"Ref": "Default"}, ["'alias/x' (default of parameter 'Default')"]),
    ],
)
def test_arns(arn: Any, expected: list[str]) -> None:
    alias = {"Type": "AWS::KMS::Alias", "Properties": {"AliasName": "alias/x"}}
    parameters = {
        "Given": {"Type": "String"},
        "Default": {"Type": "String", "Default": "alias/x"},
    }
    key = {"Type": "AWS::KMS::Key", "Properties": {}}  # that it is not kept is W9518
    whole = template(Vault=vault(EncryptionKeyArn=arn), Key=key, Alias=alias, Parameters=parameters)
    agree(found("E9512", whole), expected)
