"""What it means that AWS did not answer: a sentence for people, and the action if it is denied."""

import re
from typing import Any

from generator.bounded import BoundsError
from generator.live.calls import CALLS
from generator.printable import printable, without_secrets

POLICY = "docs/inspect-policy.json"


class NotThereError(Exception):
    """AWS says that what was asked for does not exist; the message is a sentence for people."""

    def __init__(self, text: str, code: str) -> None:
        super().__init__(text)
        self.code = code
        """What AWS calls it: "FileSystemNotFound", "PolicyNotFound"."""


class NotAnsweredError(Exception):
    """AWS did not answer what was asked; the message is a sentence for people."""

    def __init__(self, text: str, action: str = "") -> None:
        super().__init__(text)
        self.action = action
        """The IAM action that is not allowed; empty: it is not that, as far as AWS says."""


# https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
_DENIED = re.compile(r"not authorized to perform:? ([a-z0-9-]{2,40}:[A-Za-z0-9]{2,80})")
_WHY = re.compile(
    r"(because no|with an explicit deny in an?) ((?:[\w-]{1,20} ){1,3}?(?:policy|boundary))"
)

EXPIRED = "the credentials have expired: sign in again (aws sso login, or the way you got them)"
THROTTLED = "{action} is throttled ({code}), even after retries: run the same command later"
FAILING = "{action} fails inside AWS ({code}), even after retries: run the same command later"
CLOCK = "this machine's clock is wrong: set it, then run the command again"
UNKNOWN_CREDENTIALS = (
    "AWS does not accept the credentials for {action} in {region} ({code}): check the profile and "
    "the environment, and whether the account has {region} enabled"
)
NO_SUBSCRIPTION = (
    "the account may not use the service of {action} in {region} ({code}): check whether it has "
    "{region} and the service enabled"
)
NO_AWS = (
    "{action} was answered with the HTTP status {code}, and nothing that AWS says: check the "
    "connection and the proxy"
)
UNKNOWN_OPERATION = "AWS does not know {action} in {region} ({code}): the region may not have it"

# https://docs.aws.amazon.com/awssupport/latest/user/CommonErrors.html, and the page of each service
_CODES = {
    **dict.fromkeys(
        (
            "BandwidthLimitExceeded",
            "EC2ThrottledException",
            "LimitExceededException",
            "PriorRequestNotComplete",
            "RequestLimitExceeded",
            "RequestThrottled",
            "RequestThrottledException",
            "SlowDown",
            "ThrottledException",
            "Throttling",
            "ThrottlingException",
            "TooManyRequestsException",
        ),
        THROTTLED,
    ),
    **dict.fromkeys(("ExpiredToken", "ExpiredTokenException", "RequestExpired"), EXPIRED),
    **dict.fromkeys(("RequestTimeTooSkewed", "RequestInTheFuture"), CLOCK),
    **dict.fromkeys(
        (
            "AuthFailure",
            "IncompleteSignature",
            "IncompleteSignatureException",
            "InvalidAccessKeyId",
            "InvalidClientTokenId",
            "InvalidSecurity",
            "InvalidSignatureException",
            "InvalidToken",
            "MissingAuthenticationToken",
            "MissingAuthenticationTokenException",
            "SignatureDoesNotMatch",
            "UnrecognizedClientException",
        ),
        UNKNOWN_CREDENTIALS,
    ),
    **dict.fromkeys(
        ("OptInRequired", "OptInRequiredException", "SubscriptionRequiredException"),
        NO_SUBSCRIPTION,
    ),
    **dict.fromkeys(
        ("InvalidAction", "UnknownOperation", "UnknownOperationException"), UNKNOWN_OPERATION
    ),
    "403": (
        "{action} was refused without a reason ({code}): check that your permissions have it, as "
        f"in {POLICY}, and the proxy"
    ),
    **dict.fromkeys(
        (
            "DependencyTimeoutException",
            "InternalError",
            "InternalException",
            "InternalFailure",
            "InternalServerError",
            "InternalServiceException",
            "KMSInternalException",
            "ServiceFailure",
            "ServiceUnavailable",
            "ServiceUnavailableException",
        ),
        FAILING,
    ),
}
_DENIALS = (
    "AccessDenied",
    "AccessDeniedException",
    "AuthorizationError",
    "AuthorizationErrorException",
    "NotAuthorized",
    "UnauthorizedOperation",
    "UnauthorizedException",
)
# Backup says it of the plan of a selection, CloudFormation of a stack.
_MESSAGES_OF_ABSENCE = {
    "InvalidParameterValueException": re.compile("Cannot find Backup plan"),
    "ValidationError": re.compile("does not exist"),
}
_ABSENCE = re.compile(r"(?:NotFound(?:Exception)?|^NoSuchEntity(?:Exception)?)$")


def of_error(
    error: Exception, action: str, region: str, *, vault: bool = False
) -> NotThereError | NotAnsweredError:
    """Return what an exception of botocore means; ``vault``: the request names a backup vault."""
    from botocore.exceptions import ClientError

    if not isinstance(error, ClientError):
        return NotAnsweredError(_before_an_answer(error, action, region))
    response: Any = error.response
    said = response.get("Error", {})
    status = int(response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    # botocore takes the status for the code, or has none, if a page of a proxy stands where AWS's
    # answer should.
    code, message = printable(said.get("Code") or status), printable(said.get("Message") or "")
    absence = _MESSAGES_OF_ABSENCE.get(code)
    if _ABSENCE.search(code) or (absence and absence.search(message)):
        return NotThereError(f"{action} finds nothing: {code} {message}".rstrip(), code)
    if code in _DENIALS:
        return _denied(action, message, vault=vault)
    denied = action if code == "403" else ""
    text = _sentence(code, message, status)
    return NotAnsweredError(
        text.format(action=action, code=code, message=message, region=region).rstrip(), denied
    )


def _sentence(code: str, message: str, status: int) -> str:
    """Return the sentence for an error that is neither an absence nor a denial of IAM."""
    text = _CODES.get(code)
    if text is UNKNOWN_CREDENTIALS and re.search("expired|not yet current", message):
        return CLOCK  # the signature has, not the credentials
    if text:
        return text
    if status == 429:  # noqa: PLR2004 - Too Many Requests
        return THROTTLED
    if status >= 500:  # noqa: PLR2004 - a failure of the server
        return FAILING
    return NO_AWS if code.isdigit() else "AWS refused {action}: {code} {message}"


def _denied(action: str, message: str, *, vault: bool) -> NotAnsweredError:
    """Return what a denial means: no more than AWS says of the reason."""
    if denied := _DENIED.search(message):
        action = denied[1]
    permit = "add it to your permissions"
    if action in {call.action for call in CALLS.values()}:
        permit += f", as in {POLICY}"
    if why := _WHY.search(message):
        which, kind = why[1], why[2]
        if which == "because no" and kind == "identity-based policy":
            text = f"{action} is not allowed: {permit}"
        elif which == "because no":
            text = f"{action} is not allowed: no {kind} allows it; ask whoever manages that"
        else:
            text = f"{action} is not allowed: a policy denies it ({kind}); ask whoever manages that"
    elif vault and not denied:
        # https://github.com/ansible-collections/amazon.aws/pull/1436
        text = (
            f"{action} is not allowed, or there is no such vault (AWS Backup says the same of "
            f"both): {permit}, and check the vault"
        )
    else:
        text = f"{action} is not allowed: {permit}; if it is there, another policy denies it"
    return NotAnsweredError(text, action)


def _before_an_answer(error: Exception, action: str, region: str) -> str:
    """Return the sentence for an exception from botocore that is no answer of AWS."""
    from botocore import exceptions

    # The first that fits counts: some of these classes are subclasses of others.
    sentences: list[tuple[tuple[type[Exception], ...], str]] = [
        ((BoundsError,), "the answer to {action} {error}: check the connection and the proxy"),
        (
            (exceptions.NoCredentialsError, exceptions.PartialCredentialsError),
            "no credentials were found: set AWS_PROFILE or --profile, or sign in",
        ),
        (
            (
                exceptions.UnauthorizedSSOTokenError,
                exceptions.SSOTokenLoadError,
                exceptions.TokenRetrievalError,
            ),
            EXPIRED,
        ),
        (
            (exceptions.ConnectTimeoutError, exceptions.ReadTimeoutError),
            (
                "AWS did not answer {action} in time: check the connection, then run the same "
                "command again"
            ),
        ),
        (
            (exceptions.SSLError,),
            (
                "no trusted TLS connection for {action} ({error}): check the proxy and the "
                "certificates"
            ),
        ),
        (
            (exceptions.EndpointConnectionError, exceptions.ProxyConnectionError),
            (
                "AWS cannot be reached for {action} ({error}): check the connection, and whether "
                "{region} has the service"
            ),
        ),
        (
            (exceptions.ConnectionClosedError, exceptions.HTTPClientError),
            "the connection broke during {action}: run the same command again",
        ),
        (
            (exceptions.PaginationError,),
            "the pages of {action} repeat themselves: run the same command again",
        ),
        (
            (exceptions.ParamValidationError,),
            "{action} cannot be asked ({error}): check the stack's outputs",
        ),
    ]
    if "Invalid header value" in str(error):
        return (
            "the credentials hold a character that no request may hold, such as a line end: "
            "correct the environment or the AWS configuration"
        )
    for classes, text in sentences:
        if isinstance(error, classes):
            return text.format(action=action, error=one_line(error), region=region)
    if isinstance(error, exceptions.BotoCoreError):
        return f"{one_line(error).rstrip('.:')}: check --profile and the AWS configuration"
    return (
        f"the answer to {action} cannot be understood ({one_line(error)}): check the connection "
        "and the proxy"
    )


def one_line(error: Exception) -> str:
    """Return the message of an exception as one line, without secrets."""
    return printable(" ".join(without_secrets(error).split()))
