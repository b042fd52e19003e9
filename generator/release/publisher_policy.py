"""What whoever publishes and verifies releases has to be allowed: an IAM document."""

import json

from awacs import s3
from awacs.aws import Allow, PolicyDocument, Statement
from troposphere import encode_to_dict

from generator.iam_language import document
from generator.paths import ROOT

PATH = ROOT / "docs" / "publisher-policy.json"

# Names for documentation, which nobody's bucket has.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
EXAMPLE_BUCKET = "amzn-s3-demo-bucket"


def publish_releases(bucket_arn: str, folder: str) -> PolicyDocument:
    """Write and read the releases below a folder of a bucket; delete nothing.

    Without s3:ListBucket, S3 says "denied" of an object that is missing, and a bucket's region
    to nobody. https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
    """
    return document(
        Statement(
            Sid="FindBucketAndWhatIsMissing",
            Effect=Allow,
            Action=[s3.ListBucket],
            Resource=[bucket_arn],
        ),
        Statement(
            Sid="WriteAndReadReleases",
            Effect=Allow,
            Action=[s3.GetObject, s3.PutObject],
            Resource=[f"{bucket_arn}/{folder}/*"],
        ),
    )


def example() -> str:
    """Return the text of PATH: to be copied, with another bucket."""
    # No region in the ARN of a bucket; the partition is the reader's to change.
    document = publish_releases(f"arn:aws:s3:::{EXAMPLE_BUCKET}", "soca-backup")
    return json.dumps(encode_to_dict(document), indent=2) + "\n"
