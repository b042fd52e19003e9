"""What people are told about failures on the way to AWS that no local server can cause."""

import pytest
from botocore import exceptions

from generator.aws.errors import before_an_answer, of_configuration

URL = "https://bbb.s3.us-east-1.amazonaws.com/"


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (exceptions.UnauthorizedSSOTokenError(), "credentials have expired: sign in again"),
        (exceptions.SSOTokenLoadError(error_msg="x"), "credentials have expired: sign in again"),
        (
            exceptions.TokenRetrievalError(provider="sso", error_msg="x"),
            "credentials have expired: sign in again",
        ),
        (
            exceptions.PartialCredentialsError(provider="env", cred_var="x"),
            "no credentials were found",
        ),
        (
            exceptions.SSLError(endpoint_url=URL, error=ValueError("bad\ncertificate")),
            "bad certificate",
        ),
        (exceptions.ProxyConnectionError(proxy_url="http://p"), "cannot be reached"),
        (exceptions.ConnectTimeoutError(endpoint_url=URL), "did not answer in time"),
        (
            exceptions.ParamValidationError(report="odd\nreport"),
            "odd report: check --profile and the AWS configuration",
        ),
        (
            exceptions.CredentialRetrievalError(provider="custom-process", error_msg=""),
            "from custom-process: check --profile and the AWS configuration",
        ),
    ],
)
def test_a_failure_before_any_answer_is_one_sentence(error: Exception, says: str) -> None:
    told = before_an_answer(error, "S3", "the region") or of_configuration(error)
    assert says in told
    assert "\n" not in told


@pytest.mark.parametrize(
    ("asked", "says"),
    [("", "S3 did not answer in time: "), ("s3:A", "S3 did not answer in time for s3:A: ")],
)
def test_the_request_is_named_where_the_caller_names_it(asked: str, says: str) -> None:
    error = exceptions.ReadTimeoutError(endpoint_url=URL)
    assert str(before_an_answer(error, "S3", "the region", asked)).startswith(says)
