"""A release: what it holds, publishing it to S3, and verifying what was published."""
