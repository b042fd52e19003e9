"""The addresses of a release, in every partition."""

from pathlib import Path

import pytest
from botocore.loaders import Loader

from generator import hosts


@pytest.mark.parametrize(
    ("bucket", "region", "url"),
    [
        ("bbb", "us-east-1", "https://bbb.s3.us-east-1.amazonaws.com/f/t"),
        ("bbb", "eu-central-2", "https://bbb.s3.eu-central-2.amazonaws.com/f/t"),
        ("bbb", "cn-northwest-1", "https://bbb.s3.cn-northwest-1.amazonaws.com.cn/f/t"),
        ("bbb", "us-gov-east-1", "https://bbb.s3.us-gov-east-1.amazonaws.com/f/t"),
        ("bbb", "us-iso-east-1", "https://bbb.s3.us-iso-east-1.c2s.ic.gov/f/t"),
        ("bbb", "eusc-de-east-1", "https://bbb.s3.eusc-de-east-1.amazonaws.eu/f/t"),
        ("b.b", "us-east-1", "https://s3.us-east-1.amazonaws.com/b.b/f/t"),
        ("b.b", "cn-north-1", "https://s3.cn-north-1.amazonaws.com.cn/b.b/f/t"),
        # A region that is newer than the table.
        ("bbb", "eu-south-9", "https://bbb.s3.eu-south-9.amazonaws.com/f/t"),
    ],
)
def test_the_url_has_region_and_suffix_of_the_partition(bucket: str, region: str, url: str) -> None:
    assert hosts.object_url(bucket, region, "f/t") == url


def test_the_users_own_table_does_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "partitions.json").write_text("{broken")
    monkeypatch.setattr(Loader, "CUSTOMER_DATA_PATH", str(tmp_path))  # ~/.aws/models
    monkeypatch.setattr(hosts, "_partitions", hosts._partitions.__wrapped__)  # noqa: SLF001 - uncached
    assert hosts.object_url("bbb", "us-east-1", "t") == "https://bbb.s3.us-east-1.amazonaws.com/t"


@pytest.mark.parametrize("region", ["", "mars", "aws-global", "us-east-1a", "us_east_1", "s3"])
def test_what_is_no_region_is_refused(region: str) -> None:
    with pytest.raises(ValueError, match="is not the name of a region"):
        hosts.object_url("bbb", region, "t")


@pytest.mark.parametrize(
    ("region", "start"),
    [
        (
            "eu-west-1",
            "https://eu-west-1.console.aws.amazon.com/cloudformation/home?region=eu-west-1",
        ),
        ("cn-north-1", "https://cn-north-1.console.amazonaws.cn/cloudformation/"),
        ("us-gov-west-1", "https://us-gov-west-1.console.amazonaws-us-gov.com/cloudformation/"),
    ],
)
def test_the_link_opens_the_console_of_the_partition(region: str, start: str) -> None:
    link = hosts.launch_url("https://h/f/t", region, "<ClusterId>-backup")
    assert link is not None
    assert link.startswith(start)
    assert link.endswith(
        "#/stacks/create/review?templateURL=https%3A%2F%2Fh%2Ff%2Ft"
        "&stackName=%3CClusterId%3E-backup"
    )
    assert hosts.launch_url("https://h/f/t", region, None) == link.partition("&stackName")[0]


def test_no_link_is_guessed_where_the_console_is_not_known() -> None:
    assert hosts.launch_url("https://h/f/t", "us-iso-east-1", "soca-backup") is None


@pytest.mark.parametrize(
    ("region", "arn"),
    [
        ("us-east-1", "arn:aws:s3:::bbb"),
        ("cn-north-1", "arn:aws-cn:s3:::bbb"),
        ("us-gov-west-1", "arn:aws-us-gov:s3:::bbb"),
    ],
)
def test_the_arn_of_a_bucket_has_its_partition(region: str, arn: str) -> None:
    assert hosts.bucket_arn("bbb", region) == arn
