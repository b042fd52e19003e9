"""What is wrong with an option is said before anybody is asked."""

import pytest

from tests.local_aws.local_s3 import LocalS3


@pytest.mark.parametrize("verb", ["publish", "verify"])
@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--bucket", "B"], "is not the name of a bucket"),
        (["--bucket", "bbb-{region}"], "needs regions: add --regions"),
        (["--bucket", "bbb", "--regions", "us-east-1,eu-west-1"], "is one bucket"),
        (["--bucket", "bbb", "--regions", "mars"], "'mars' is not the name of a region"),
        (["--bucket", "bbb", "--regions", ""], "'' is not the name of a region"),
        (["--bucket", "b-{region}", "--regions", "us-east-1,us-east-1"], "names a region twice"),
        (["--bucket", "bbb", "--folder", "/a"], "--folder '/a'"),
        (["--bucket", "bbb", "--folder", "a/../b"], "--folder 'a/../b'"),
        (["--bucket", "bbb", "--folder", "a" * 1024], "at most 1024"),
        (["--bucket", "bbb", "--expected-bucket-owner", "me"], "'me' is not an account ID"),
        *(
            (["--bucket", "bbb", "--endpoint-url", url], "write http:// or https://")
            for url in (
                "127.0.0.1:9000",
                "http://h:99999",
                "http://h:x",
                "http://:80",
                "http://a..b",
                "http://[::1",
            )
        ),
        (["--bucket", "bbb", "--profile", "nobody"], "nobody"),
        ([], "--bucket"),
    ],
)
def test_wrong_options_are_named(s3: LocalS3, verb: str, options: list[str], says: str) -> None:
    said = s3.run(verb, *options)
    assert (said.status, said.out) == (2, "")
    assert says in said.err
    assert not s3.proxy.seen
