"""What the proxy adds to moto, and that moto still lacks it: then the proxy may stop doing it."""

import base64
import hashlib
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.faulty_proxy import Proxy
from tests.local_aws.local_aws import LocalAws

WRONG = base64.b64encode(hashlib.sha256(b"other").digest()).decode()


@pytest.fixture
def direct(aws: LocalAws) -> Any:
    """Give a client of moto's own S3, with a bucket."""
    client = aws.client("s3")
    client.create_bucket(Bucket="bbb")
    return client


@pytest.fixture
def proxied(aws: LocalAws) -> Iterator[Any]:
    """Give a client that goes by the proxy."""
    with Proxy(aws.endpoint_url) as proxy:
        local = LocalAws(proxy.url)
        yield local.client("s3")
        local.close()


def code(call: Any, **parameters: Any) -> str:
    with pytest.raises(ClientError) as refused:
        call(Bucket="bbb", Key="k", **parameters)
    return str(refused.value.response["Error"]["Code"])


def test_a_wrong_checksum_is_refused(direct: Any, proxied: Any) -> None:
    assert code(proxied.put_object, Body=b"x", ChecksumSHA256=WRONG) == "BadDigest"
    direct.put_object(Bucket="bbb", Key="k", Body=b"x", ChecksumSHA256=WRONG)


def test_the_bucket_of_another_account_is_refused(direct: Any, proxied: Any) -> None:
    direct.put_object(Bucket="bbb", Key="k", Body=b"x")
    other = "999999999999"
    assert code(proxied.get_object, ExpectedBucketOwner=other) == "AccessDenied"
    assert code(proxied.put_object, ExpectedBucketOwner=other) == "AccessDenied"
    direct.get_object(Bucket="bbb", Key="k", ExpectedBucketOwner=other)
    proxied.get_object(Bucket="bbb", Key="k", ExpectedBucketOwner="123456789012")


def test_moto_itself_refuses_to_write_what_is_there(direct: Any, proxied: Any) -> None:
    for client in (direct, proxied):
        client.put_object(Bucket="bbb", Key="k", Body=b"x")
        assert code(client.put_object, Body=b"y", IfNoneMatch="*") == "PreconditionFailed"
