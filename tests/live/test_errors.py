"""What people are told about errors that differ in their code and message alone."""

import pytest
from botocore import exceptions

from generator.live.errors import NotAnsweredError, NotThereError, of_error

LIST = "backup:ListBackupJobs"
PERMIT = f"{LIST} is not allowed: add it to your permissions, as in docs/inspect-policy.json"


def answered(code: str, message: str = "", status: int = 400) -> exceptions.ClientError:
    answer = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return exceptions.ClientError(answer, "X")  # type: ignore[arg-type] # the stub wants all of it


@pytest.mark.parametrize(
    ("codes", "says"),
    [
        (
            (
                "AccessDenied AccessDeniedException AuthorizationError NotAuthorized "
                "UnauthorizedOperation"
            ),
            PERMIT,
        ),
        (
            (
                "RequestLimitExceeded Throttling ThrottledException ThrottlingException "
                "TooManyRequestsException"
            ),
            "is throttled",
        ),
        ("InternalException InternalFailure ServiceUnavailableException", "fails inside AWS"),
        (
            "AuthFailure InvalidClientTokenId SignatureDoesNotMatch UnrecognizedClientException",
            "and whether the account has ap-east-1 enabled",
        ),
        ("OptInRequired SubscriptionRequiredException", "may not use the service of"),
        ("ExpiredToken ExpiredTokenException RequestExpired", "credentials have expired"),
        ("RequestTimeTooSkewed", "this machine's clock is wrong"),
        ("InvalidAction UnknownOperationException", "does not know backup:ListBackupJobs in ap-"),
        ("403", "was refused without a reason"),
        ("404 301", "and nothing that AWS says"),
        ("InvalidParameterValueException ValidationError", f"AWS refused {LIST}: "),
    ],
)
def test_every_spelling_has_its_sentence(codes: str, says: str) -> None:
    for code in codes.split():
        error = of_error(answered(code), LIST, "ap-east-1")
        assert isinstance(error, NotAnsweredError)
        assert says in str(error)
        assert error.action == (LIST if says == PERMIT or code == "403" else "")


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("FileSystemNotFound", ""),
        ("InvalidInstanceID.NotFound", ""),
        ("InvalidParameterValueException", "Cannot find Backup plan with ID p"),
        ("NoSuchEntity", ""),
        ("NotFound", ""),
        ("NotFoundException", ""),
        ("PolicyNotFound", ""),
        ("ResourceNotFoundException", ""),
        ("ValidationError", "Stack with id s does not exist"),
    ],
)
def test_what_does_not_exist(code: str, message: str) -> None:
    error = of_error(answered(code, message), LIST, "us-east-1")
    assert isinstance(error, NotThereError)
    assert str(error) == f"{LIST} finds nothing: {code} {message}".rstrip()


DENIED = f"User: arn:aws:iam::123456789012:user/u is not authorized to perform: {LIST}"


@pytest.mark.parametrize(
    ("message", "says"),
    [
        (f"{DENIED} because no identity-based policy allows the {LIST} action", PERMIT),
        (DENIED, f"{PERMIT}; if it is there, another policy denies it"),
        (
            f"{DENIED} with an explicit deny in a service control policy",
            (
                f"{LIST} is not allowed: a policy denies it (service control policy); ask whoever "
                "manages that"
            ),
        ),
        (
            f"{DENIED} because no permissions boundary allows the {LIST} action",
            f"{LIST} is not allowed: no permissions boundary allows it; ask whoever manages that",
        ),
        (
            f"{DENIED} because no VPC endpoint policy allows the {LIST} action",
            f"{LIST} is not allowed: no VPC endpoint policy allows it; ask whoever manages that",
        ),
        (
            DENIED.replace(LIST, "kms:Decrypt"),
            (
                "kms:Decrypt is not allowed: add it to your permissions; if it is there, another "
                "policy denies it"
            ),
        ),
    ],
)
def test_a_denial_says_no_more_than_aws(message: str, says: str) -> None:
    error = of_error(answered("AccessDeniedException", message), LIST, "us-east-1")
    assert str(error) == says
    assert isinstance(error, NotAnsweredError)
    assert error.action == says.partition(" ")[0]


def test_aws_backup_denies_a_vault_that_does_not_exist() -> None:
    """So nobody knows which it is, unless the denial names the action."""
    action = "backup:DescribeBackupVault"
    vague = answered("AccessDeniedException", "Insufficient privileges to perform this action.")
    assert "or there is no such vault" in str(of_error(vague, action, "us-east-1", vault=True))
    clear = answered("AccessDeniedException", DENIED.replace(LIST, action))
    assert "no such vault" not in str(of_error(clear, action, "us-east-1", vault=True))


def test_a_signature_that_has_expired_is_the_clock() -> None:
    late = answered("InvalidSignatureException", "Signature expired: 20261125T0 is now earlier")
    assert "clock is wrong" in str(of_error(late, LIST, "us-east-1"))
