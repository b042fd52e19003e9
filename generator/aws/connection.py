"""The way to AWS: the caller's credentials, and a client for each service and region."""

import threading
from typing import Any

from generator.aws.errors import (
    AwsError,
    before_an_answer,
    of_configuration,
    of_credentials,
    one_line,
)
from generator.hosts import partition

# After a timeout, the SDK retries as often as the AWS configuration says.
CONNECT_TIMEOUT_SECONDS = 10
READ_TIMEOUT_SECONDS = 20


class Connection:
    """The caller's credentials, and a client for each service and region."""

    def __init__(
        self,
        profile: str | None = None,
        region: str | None = None,
        endpoint_url: str | None = None,
    ) -> None:
        """Find the profile and the region, without contacting AWS.

        Raises ValueError if there is no such profile or no region of that name, or if the AWS
        configuration is wrong.
        """
        import boto3
        from botocore.exceptions import BotoCoreError

        self.endpoint_url = endpoint_url
        self._one_at_a_time = threading.Lock()  # unlike clients, sessions are not thread-safe
        try:
            self._session = boto3.Session(profile_name=profile, region_name=region)
            self.region: str | None = self._session.region_name
        except BotoCoreError as error:
            raise ValueError(of_configuration(error)) from error
        if self.region:
            partition(self.region)

    def sign_in(self) -> Any:
        """Find the credentials, once for all clients, and return them.

        Raises AwsError if there are none.
        """
        from botocore.exceptions import BotoCoreError, NoCredentialsError

        try:
            credentials = self._session.get_credentials()
            if credentials is None:
                raise NoCredentialsError
        except BotoCoreError as error:
            told = before_an_answer(error, "AWS", "the proxy") or of_configuration(error)
            raise AwsError(told) from error
        except (OSError, ValueError) as error:  # of a file, a process or an address
            raise AwsError(of_credentials(error)) from error
        return credentials

    def client(self, service: str, region: str | None = None, **options: Any) -> Any:
        """Return a client, with the retries of the AWS configuration.

        ``options`` are those of botocore's Config. Raises AwsError if the configuration is wrong.
        """
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError

        config = Config(
            connect_timeout=CONNECT_TIMEOUT_SECONDS,
            read_timeout=READ_TIMEOUT_SECONDS,
            **options,
        )
        try:
            with self._one_at_a_time:
                return self._session.client(  # type: ignore[call-overload] # a name, no literal
                    service,
                    region_name=region or self.region,
                    endpoint_url=self.endpoint_url,
                    config=config,
                )
        except (BotoCoreError, ValueError) as error:
            raise AwsError(
                f"{one_line(error)}: correct the AWS configuration or the environment"
            ) from error
