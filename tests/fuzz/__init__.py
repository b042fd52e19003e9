"""What has to hold for any input, tried on inputs that nobody would write."""
