"""What people are told about failures that no local server can cause."""

import pytest
from botocore import exceptions

from generator.release.s3_errors import SENTENCES, Request, sentence

REQUEST = Request("s3:PutObject", "bbb", "us-east-1", "f/templates/x", "123456789012")


@pytest.mark.parametrize("code", SENTENCES)
def test_every_answer_of_s3_becomes_a_whole_sentence(code: str) -> None:
    error = exceptions.ClientError({"Error": {"Code": code, "Message": "?"}}, "PutObject")
    told = sentence(error, REQUEST)
    assert "{" not in told
    assert ":" in told, "what is wrong, and what to do"


@pytest.mark.parametrize(
    ("request_", "allow"),
    [
        (
            REQUEST,
            "s3:PutObject on arn:aws:s3:::bbb/f/templates/x, and check that the bucket belongs to",
        ),
        (
            Request("s3:ListBucket", "bbb", "cn-north-1"),
            "s3:ListBucket on arn:aws-cn:s3:::bbb, and check that the bucket is yours",
        ),
    ],
)
def test_a_denial_names_permission_and_arn(request_: Request, allow: str) -> None:
    assert allow in request_.allow()


def test_an_unknown_answer_is_told_as_it_came() -> None:
    answer = {"Error": {"Code": "Odd", "Message": "very odd"}, "ResponseMetadata": {}}
    error = exceptions.ClientError(answer, "PutObject")  # type: ignore[arg-type] # the stub wants all of it
    assert sentence(error, REQUEST) == "S3 refused s3:PutObject: Odd very odd"


def test_an_unknown_answer_is_told_as_one_line_of_some_length() -> None:
    answer = {"Error": {"Code": "\n::error::", "Message": "\x1b" * 9_000}, "ResponseMetadata": {}}
    error = exceptions.ClientError(answer, "PutObject")  # type: ignore[arg-type] # the stub wants all of it
    told = sentence(error, REQUEST)
    assert told.startswith(r"S3 refused s3:PutObject: \n::error:: \x1b\x1b")
    assert told.isprintable()
    assert len(told) < 600
