"""The IAM policy that publishers need to publish and verify releases."""

import json

from awacs import s3
from awacs.aws import Allow, PolicyDocument, Statement
from troposphere import encode_to_dict

from generator.iam_language import document
from generator.paths import ROOT

PATH = ROOT / "docs" / "publisher-policy.json"

# A name that AWS reserves for documentation.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
EXAMPLE_BUCKET = "amzn-s3-demo-bucket"


def publish_releases(bucket_arn: str, folder: str) -> PolicyDocument:
    """Allow to write and read the releases in a folder of a bucket, and to delete nothing.

    Without s3:ListBucket, S3 answers "denied" for an object that is missing, and does not tell the
    region of a bucket. https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
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
    """Return the text of PATH, for readers to copy and put their own bucket in."""
    # The ARN of a bucket has no region; readers in another partition change that part.
    policy = publish_releases(f"arn:aws:s3:::{EXAMPLE_BUCKET}", "soca-backup")
    return json.dumps(encode_to_dict(policy), indent=2) + "\n"
