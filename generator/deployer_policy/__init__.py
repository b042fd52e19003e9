"""The permissions that it takes to deploy a stack."""
