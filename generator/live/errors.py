"""What it means that AWS did not answer: a sentence for people, and the action if it is denied."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from generator.aws import errors as aws_errors
from generator.aws.errors import (
    UNKNOWN_CREDENTIALS,
    WRONG_CLOCK,
    AwsError,
    before_an_answer,
    of_configuration,
    one_line,
)
from generator.bounded import BoundsError
from generator.cloudformation.errors import UnreadableError
from generator.live.calls import CALLS
from generator.printable import printable

POLICY = "docs/inspect-policy.json"


class NotThereError(AwsError):
    """AWS says that what was asked for does not exist; the message is a sentence for people."""

    def __init__(self, text: str, code: str) -> None:
        super().__init__(text)
        self.code = code
        """What AWS calls it: "FileSystemNotFound", "PolicyNotFound"."""


class NotAnsweredError(AwsError):
    """AWS did not answer what was asked; the message is a sentence for people."""

    def __init__(self, text: str, action: str = "") -> None:
        super().__init__(text)
        self.action = action
        """The IAM action that is not allowed; empty: it is not that, as far as AWS says."""


# What comes of a member that is missing, of another type, or out of all bounds.
_ODD = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


@contextmanager
def understood(what: str = "") -> Iterator[None]:
    """Let an answer that is not what AWS describes count as none: raise NotAnsweredError for it."""
    about = f" about {what}" if what else ""
    try:
        yield
    except UnreadableError as error:
        raise NotAnsweredError(f"what AWS says{about} cannot be read: {error}") from error
    except _ODD as error:
        raise NotAnsweredError(
            f"what AWS says{about} cannot be understood ({error!r}): run the same command again"
        ) from error


# https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
_DENIED = re.compile(r"not authorized to perform:? ([a-z0-9-]{2,40}:[A-Za-z0-9]{2,80})")
_WHY = re.compile(
    r"(because no|with an explicit deny in an?) ((?:[\w-]{1,20} ){1,3}?(?:policy|boundary))"
)

THROTTLED = "{action} is throttled ({code}), even after retries: run the same command later"
FAILING = "{action} fails inside AWS ({code}), even after retries: run the same command later"
NOT_ENABLED = UNKNOWN_CREDENTIALS + ", and whether the account has {region} enabled"
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
    **aws_errors.SENTENCES,
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
        return NotAnsweredError(_no_answer(error, action, region))
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
    if text is UNKNOWN_CREDENTIALS:
        # It is the signature that has expired, and not the credentials.
        return WRONG_CLOCK if re.search("expired|not yet current", message) else NOT_ENABLED
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


def _no_answer(error: Exception, action: str, region: str) -> str:
    """Return the sentence for an exception that is no answer of AWS."""
    from botocore import exceptions

    if isinstance(error, AwsError):
        return str(error)
    if isinstance(error, BoundsError):
        return f"the answer to {action} {error}: check the connection and the proxy"
    if isinstance(error, exceptions.PaginationError):
        return f"the pages of {action} repeat themselves: run the same command again"
    if isinstance(error, exceptions.ParamValidationError):
        return f"{action} cannot be asked ({one_line(error)}): check the outputs of the stack"
    told = before_an_answer(error, "AWS", f"and whether {region} has the service", action)
    if told is None and not isinstance(error, exceptions.BotoCoreError):
        told = (
            f"the answer to {action} cannot be understood ({one_line(error)}): check the "
            "connection and the proxy"
        )
    return told or of_configuration(error)
