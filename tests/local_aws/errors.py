"""How a template, its parameters or its deployment can be refused."""


class RefusedError(Exception):
    """CloudFormation would refuse the template or its parameters; nothing was created."""


class DeploymentError(Exception):
    """A stack operation failed part way; the message names the resource and the reason."""
