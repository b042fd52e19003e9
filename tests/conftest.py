"""The fixtures that every test may use."""

pytest_plugins = ["tests.support.local_aws", "tests.support.local_s3"]
