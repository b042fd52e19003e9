"""The AWS of the tests: a local server, and a deployer that does what CloudFormation documents."""
