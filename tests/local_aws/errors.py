"""How a template, its parameters or its deployment can be refused."""


class RefusedError(Exception):
    """CloudFormation would refuse the template or its parameters; nothing was created."""


class DeploymentError(Exception):
    """A stack operation failed part way; the message names the resource and the reason."""


class AnsweredError(Exception):
    """What a service answers instead of what it was asked for."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
