"""The parts of the service, one module each; none imports another."""
