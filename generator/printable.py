"""Makes what comes from the other side safe to print: names, values, messages of libraries."""

import json
import re
from typing import Any

LONGEST = 500
"""The most characters of a message."""

_END = 150  # of a message that is too long: what to do is said last

_USER = re.compile(r"://\S*@")
_QUERY = re.compile(r"""(://[^\s'"?#]*)[?#][^\s'"]*""")
# http.client shows the header that it refuses: a session token with a line end, for example.
_HEADER = re.compile("(Invalid header value).*", re.DOTALL)
_SIGNED = re.compile(r"""(x-amz-[a-z0-9-]+|signature|awsaccesskeyid)=[^&\s'"]*""", re.IGNORECASE)


def printable(text: object, longest: int | None = LONGEST) -> str:
    """Return the text as one line that shows what it holds, without its middle if it is too long.

    Control characters, line ends, escape sequences, what turns the direction of writing, and half
    characters are escaped. None: the text may have any length.
    """
    line = "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in str(text)
    )
    if longest is None or len(line) <= longest:
        return line
    return f"{line[: longest - _END - 3]}...{line[-_END:]}"


def json_text(document: Any) -> str:
    """Return the document as JSON of printable ASCII characters alone, and line ends."""
    return json.dumps(document, indent=2).replace("\x7f", "\\u007f") + "\n"


def without_secrets(text: object) -> str:
    """Return the text, with its addresses as far as their paths: what is around may be a secret.

    That is a password before the host, and in a presigned address the query. The value of a header
    goes as well.
    """
    shorter = _QUERY.sub(r"\1", _USER.sub("://", _HEADER.sub(r"\1", str(text))))
    return _SIGNED.sub(r"\1=...", shorter)
