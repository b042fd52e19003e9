"""What several tests share: a local AWS, and a deployer that does what CloudFormation documents."""
