"""The publisher's policy: enough for what publishing and verifying ask of S3, and not more."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from botocore.client import BaseClient
from troposphere import encode_to_dict

from generator.release import publisher_policy
from tests.local_aws.local_s3 import FOLDER, LocalS3

# What IAM asks for each operation.
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
# https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html ("404 ... s3:ListBucket")
NEEDED = {
    "HeadBucket": {("s3:ListBucket", "bucket")},
    "GetObject": {("s3:GetObject", "object"), ("s3:ListBucket", "bucket")},
    "PutObject": {("s3:PutObject", "object")},
}
PINNED = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "FindBucketAndWhatIsMissing",
            "Effect": "Allow",
            "Action": ["s3:ListBucket"],
            "Resource": ["arn:aws:s3:::bbb"],
        },
        {
            "Sid": "WriteAndReadReleases",
            "Effect": "Allow",
            "Action": ["s3:GetObject", "s3:PutObject"],
            "Resource": ["arn:aws:s3:::bbb/soca-backup/*"],
        },
    ],
}


@contextmanager
def watched() -> Iterator[list[tuple[str, dict[str, Any]]]]:
    """Give the operations that are called, with their parameters."""
    calls: list[tuple[str, dict[str, Any]]] = []
    original: Any = vars(BaseClient)["_make_api_call"]  # every call of every client goes by here

    def call(self: BaseClient, operation: str, parameters: dict[str, Any]) -> Any:
        calls.append((operation, parameters))
        return original(self, operation, parameters)

    with mock.patch.object(BaseClient, "_make_api_call", call):
        yield calls


def test_the_policy_word_for_word() -> None:
    assert (
        encode_to_dict(publisher_policy.publish_releases("arn:aws:s3:::bbb", "soca-backup"))
        == PINNED
    )


def test_the_policy_is_what_publishing_and_verifying_need_and_no_more(s3: LocalS3) -> None:
    bucket = s3.make_bucket("bbb")
    with watched() as calls:
        s3.run("publish", "--bucket", bucket)
        s3.run("publish", "--bucket", bucket)
        s3.files["Backup.template"] += "\n"
        s3.run("publish", "--bucket", bucket)  # refused
        s3.run("publish", "--bucket", bucket, "--replace")
        s3.run("verify", "--bucket", bucket, "--expected-bucket-owner", "123456789012")
        s3.run("verify", "--bucket", bucket, "--expected-bucket-owner", "999999999999")
        s3.run("verify", "--bucket", "nothing-there")
    assert {operation for operation, _ in calls} == set(NEEDED)
    keys = {parameters["Key"] for _, parameters in calls if "Key" in parameters}
    assert all(key.startswith(f"{FOLDER}/templates/") for key in keys)

    needed = {each for operation, _ in calls for each in NEEDED[operation]}
    allowed = {
        (action, "object" if resource.endswith("/*") else "bucket")
        for statement in PINNED["Statement"]
        for action in statement["Action"]  # type: ignore[index] # the literal above
        for resource in statement["Resource"]  # type: ignore[index] # same
    }
    assert allowed == needed


def test_the_folder_of_the_policy_is_the_default_one() -> None:
    assert FOLDER.startswith("soca-backup/")


def test_the_page_holds_the_policy() -> None:
    page = publisher_policy.PATH.read_text(encoding="utf-8")
    assert page == publisher_policy.example(), "run `python build.py docs`"
    assert json.loads(page)["Statement"]
