"""What people are told about errors that are not about one service of AWS, but about the way there.

The credentials, the clock of this machine, the connection: what to do is the same for all services.
"""

from generator.printable import printable, without_secrets

EXPIRED = "the credentials have expired: sign in again (aws sso login, or the way you got them)"
UNKNOWN_CREDENTIALS = (
    "AWS does not accept the credentials ({code}): check the profile and the environment"
)
WRONG_CLOCK = "this machine's clock is wrong: set it, then run the command again"

# https://docs.aws.amazon.com/awssupport/latest/user/CommonErrors.html, and the page of each service
SENTENCES = {
    "AuthFailure": UNKNOWN_CREDENTIALS,
    "ExpiredToken": EXPIRED,
    "ExpiredTokenException": EXPIRED,
    "IncompleteSignature": UNKNOWN_CREDENTIALS,
    "InvalidAccessKeyId": UNKNOWN_CREDENTIALS,
    "InvalidClientTokenId": UNKNOWN_CREDENTIALS,
    "InvalidSecurity": UNKNOWN_CREDENTIALS,
    "InvalidSignatureException": UNKNOWN_CREDENTIALS,
    "InvalidToken": UNKNOWN_CREDENTIALS,
    "MissingAuthenticationToken": UNKNOWN_CREDENTIALS,
    "MissingAuthenticationTokenException": UNKNOWN_CREDENTIALS,
    "RequestExpired": EXPIRED,
    "RequestTimeTooSkewed": WRONG_CLOCK,
    "SignatureDoesNotMatch": UNKNOWN_CREDENTIALS,
    "UnrecognizedClientException": UNKNOWN_CREDENTIALS,
}
"""By the code of the answer; {code} stands for it."""


class AwsError(Exception):
    """AWS did not do what it was asked; the message is one sentence for people."""


def before_an_answer(error: Exception, service: str, where: str, asked: str = "") -> str | None:
    """Return the sentence for an exception of botocore that means: there was no answer.

    None: it means something else. ``where`` is what to check if the service cannot be reached.
    """
    from botocore import exceptions

    # The first that fits counts: some of these classes are subclasses of others.
    sentences: list[tuple[tuple[type[Exception], ...], str]] = [
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
                "{service} did not answer in time{for_it}: check the connection, then run the same "
                "command again"
            ),
        ),
        (
            (exceptions.SSLError,),
            (
                "no trusted TLS connection to {service}{for_it} ({error}): check the proxy and the "
                "certificates"
            ),
        ),
        (
            (exceptions.EndpointConnectionError, exceptions.ProxyConnectionError),
            "{service} cannot be reached{for_it} ({error}): check the connection, {where}",
        ),
        (
            (
                exceptions.ConnectionClosedError,
                exceptions.IncompleteReadError,
                exceptions.ResponseStreamingError,
                exceptions.HTTPClientError,
            ),
            "the connection to {service} broke{for_it}: run the same command again",
        ),
    ]
    if "Invalid header value" in str(error):
        return (
            "the credentials hold a character that no request may hold, such as a line end: "
            "correct the environment or the AWS configuration"
        )
    for classes, text in sentences:
        if isinstance(error, classes):
            for_it = f" for {asked}" if asked else ""
            return text.format(error=one_line(error), for_it=for_it, service=service, where=where)
    return None


def of_configuration(error: Exception) -> str:
    """Return the sentence for an exception of botocore that nobody knows: most are about files."""
    return f"{one_line(error).rstrip('.:')}: check --profile and the AWS configuration"


def of_credentials(error: Exception) -> str:
    """Return the sentence for an exception of reading the credentials: a file, a process."""
    return (
        f"the credentials cannot be read ({one_line(error)}): check --profile and the AWS "
        "configuration"
    )


def one_line(error: Exception) -> str:
    """Return the message of an exception as one line, without secrets."""
    return printable(" ".join(without_secrets(error).split()))
