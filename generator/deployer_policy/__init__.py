"""The permissions of whoever deploys a stack."""
