"""A release: what it consists of, how it is published to S3, and how it is verified there."""
