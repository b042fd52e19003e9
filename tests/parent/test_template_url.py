"""CloudFormation takes a TemplateURL of S3, over https, and S3 has a certificate for it."""

from typing import Any

import pytest

from tests.support.parents import URL, a_parent, found_in, written

HOSTS: dict[str, set[str]] = {
    "https://s3.amazonaws.com/b": {"W9603"},
    "https://my.bucket.s3.amazonaws.com": {"W9603", "W9606"},
    "https://soca-us-east-1.s3.amazonaws.com": {"W9603"},
    "https://b.s3.amazonaws.com.cn": {"W9603"},
    "https://b.s3.dualstack.amazonaws.com": {"W9603"},
    "https://b.s3-accelerate.amazonaws.com": {"W9603"},
    "https://s3.${AWS::URLSuffix}/b": {"W9603"},
    "https://s3.us-east-1.amazonaws.com/my.bucket": set(),
    "https://s3-us-west-2.amazonaws.com/b": set(),
    "https://b.s3-us-west-2.amazonaws.com": set(),
    "https://B.S3.us-east-1.amazonaws.com:443": set(),
    "https://b.s3.cn-north-1.amazonaws.com.cn": set(),
    "https://b.s3.eusc-de-east-1.amazonaws.eu": set(),
    "https://b.s3-fips.us-gov-west-1.amazonaws.com": set(),
    "https://b.s3.dualstack.us-east-1.amazonaws.com": set(),
    "https://bucket.vpce-1a2b-c3d4.s3.us-east-1.vpce.amazonaws.com/b": set(),
    "https://point-111122223333.s3-accesspoint.us-east-1.amazonaws.com": set(),
    "https://b.s3.${AWS::Region}.${AWS::URLSuffix}": set(),
    "https://b.s3.${VpcId}.amazonaws.com": set(),
    "https://s3${VpcId}.amazonaws.com/b": set(),
    "https://${VpcId}": set(),
    "https://${VpcId}.com": set(),
    "${VpcId}://b.s3.us-east-1.amazonaws.com": set(),
    "./templates": set(),  # aws cloudformation package uploads it
    "https://my.bucket.s3.us-east-1.amazonaws.com": {"W9606"},
    "https://my.${VpcId}.s3.us-east-1.amazonaws.com": {"W9606"},
    "https://${VpcId}.s3.us-east-1.amazonaws.com": set(),
    "s3://b": {"E9605"},
    "http://b.s3.us-east-1.amazonaws.com": {"E9605"},
    "HTTPS://b.s3.us-east-1.amazonaws.com": set(),
    "file:///b": {"E9605"},
    "https://example.com": {"E9605"},
    "https://b.s3.us-east-1.example.com": {"E9605"},
    "https://s3.us-east-1.amazonaws.com.example.com/b": {"E9605"},
    "https://d111111abcdef8.cloudfront.net": {"E9605"},
    "https://raw.githubusercontent.com/me/it": {"E9605"},
    "https://x.execute-api.us-east-1.amazonaws.com": {"E9605"},
    "https://${VpcId}.example.com": {"E9605"},
    "https://bs3.us-east-1.amazonaws.com": {"E9605"},
}


def rules(url: Any) -> set[str]:
    return {each.split(": ")[1] for each in found_in(written("yaml", a_parent({URL: url})))}


@pytest.mark.parametrize(("address", "expected"), HOSTS.items())
def test_an_address(address: str, expected: set[str]) -> None:
    assert rules({"Fn::Sub": f"{address}/templates/Backup.template"}) == expected


def test_each_branch_counts() -> None:
    good = "https://b.s3.us-east-1.amazonaws.com/Backup.template"
    assert rules({"Fn::If": ["Short", good, "http://example.com/Backup.template"]}) == {"E9605"}


def test_what_it_says() -> None:
    (said,) = found_in(written("yaml", a_parent({URL: "https://example.com/Backup.template"})))
    assert "TemplateURL is not an address of S3 (example.com), and CloudFormation takes no" in said
