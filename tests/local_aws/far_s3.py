"""A local S3 that is far away: each of its answers takes 100 ms longer. For measuring."""

import logging
import sys

from moto.moto_api._internal.models import moto_api_backend
from moto.server import ThreadedMotoServer

from tests.local_aws.faulty_proxy import Proxy
from tests.local_aws.local_aws import LocalAws
from tests.local_aws.local_s3 import SIGNED_IN

LATENCY_SECONDS = 0.1


class FarS3:
    """The S3, until the process ends; and the commands that publish to so many of its buckets."""

    def __init__(self) -> None:
        import boto3

        logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
        server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
        server.start()
        host, port = server.get_host_and_port()
        self._client = LocalAws(f"http://{host}:{port}").client("s3")
        self._proxy = Proxy(f"http://{host}:{port}").__enter__()
        self._proxy.latency_seconds = LATENCY_SECONDS
        self._regions = boto3.Session().get_available_regions("s3")

    def publish(self, buckets: int) -> tuple[str, ...]:
        """Return the command that publishes to so many empty buckets, each in its region."""
        regions = self._regions[:buckets]
        if len(regions) < buckets:
            sys.exit(f"bench: S3 has {len(regions)} regions, not {buckets}")
        return (
            "env",
            *(f"{name}={value}" for name, value in SIGNED_IN.items()),
            sys.executable,
            "build.py",
            "publish",
            *("--bucket", f"of-{buckets}-in-{{region}}", "--regions", ",".join(regions)),
            *("--endpoint-url", self._proxy.url),
        )

    def empty(self, *buckets: int) -> None:
        """Make the buckets of the commands for so many buckets, all of them empty."""
        moto_api_backend.reset()
        for number in buckets:
            for region in self._regions[:number]:
                where = {"CreateBucketConfiguration": {"LocationConstraint": region}}
                self._client.create_bucket(
                    Bucket=f"of-{number}-in-{region}", **({} if region == "us-east-1" else where)
                )
