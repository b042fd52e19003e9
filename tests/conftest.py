"""The fixtures that every test may use."""

pytest_plugins = [
    "tests.local_aws.local_aws",
    "tests.local_aws.local_s3",
    "tests.local_aws.cluster",
]
