"""IAM documents: the one place that states the version of their language."""

from awacs.aws import PolicyDocument, Statement


def document(*statements: Statement) -> PolicyDocument:
    """Return a document with these statements.

    Without a version, IAM assumes that of 2008, in which policy variables are plain text.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html
    """
    return PolicyDocument(Version="2012-10-17", Statement=list(statements))
