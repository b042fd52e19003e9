"""The ARNs and names of a template's resources in a request, and in the documents about it."""

import re
import sys
from pathlib import Path
from typing import Any

sys.path.extend({str(Path(__file__).parents[1])} - {*sys.path})  # cfn-lint loads each file alone

from _backup.arn_forms import FORMS, IN_THE_ARN
from _backup.cases import ABSENT, Given
from _backup.documents import marked
from _backup.matching import unknown
from _backup.values import Values

ACCOUNT = marked("${AWS::AccountId}")
# A reference to a resource; the second one is alone or at the end of an ARN.
_REFERENCE = re.compile("\0([A-Za-z0-9]+)\\.?([A-Za-z0-9.]*)\0")
_END = re.compile(f"(?:arn:.*[:/])?{_REFERENCE.pattern}")


class OwnArns:
    """The ARNs of the resources that a request is about.

    In a document, what refers to one of them becomes its ARN or its name, of which parts are
    unknown. What refers to another resource of such a type becomes a text that is neither.
    """

    def __init__(self, values: Values, given: Given, *resources: str) -> None:
        self._values = values
        self._names = {name: self._name(name, given) for name in resources}

    def arn(self, name: str) -> str:
        """Return the ARN of one of the resources."""
        return marked(FORMS[self._values.type_of(name)].beginning) + self._names[name]

    def within(self, plain: Any) -> Any:
        """Return plain data, as the evaluator reads it, with these ARNs and names in it."""
        if isinstance(plain, dict):
            return {key: self.within(inner) for key, inner in plain.items()}
        if isinstance(plain, list):
            return [self.within(inner) for inner in plain]
        if not isinstance(plain, str) or "\0" not in plain:
            return plain
        end = _END.fullmatch(plain)
        if end and self._is_anothers(*end.groups()):
            return ":another resource"  # no ARN or name begins like this, and no account's id
        return _REFERENCE.sub(self._known, plain)

    def _name(self, name: str, given: Given) -> str:
        """Return the name of the resource; CloudFormation makes one from the logical id."""
        resource = self._values.resources[name]
        properties = resource.get("Properties")
        properties = properties if isinstance(properties, dict) else {}
        # A macro may add a name.
        if (IN_THE_ARN | {"Fn::Transform"}) & {*properties, *resource}:
            return unknown(name)
        its = properties.get(FORMS[self._values.type_of(name)].property_name)
        names = self._values.of(its, ("Resources", name), given)
        if all(case.value is ABSENT for case in names):
            return f"{unknown('AWS::StackName', colons=False)}-{name}-{unknown(name, colons=False)}"
        known = names[0].text if len(names) == 1 else None
        return marked(known) if known else unknown(name)

    def _is_anothers(self, name: str, attribute: str) -> bool:
        """Return whether this is the ARN or the name of another resource."""
        form = FORMS.get(self._values.type_of(name))
        if form is None or name in self._names or attribute not in (*form.arn, *form.name):
            return False
        # A topic may be named after another resource.
        named_after = [
            found[1] for own in self._names.values() for found in _REFERENCE.finditer(own)
        ]
        return name not in named_after

    def _known(self, reference: re.Match[str]) -> str:
        """Return what is known of a part of a text."""
        name, attribute = reference.groups()
        form = FORMS.get(self._values.type_of(name))
        if form and name in self._names and attribute in (*form.arn, *form.name):
            return self.arn(name) if attribute in form.arn else self._names[name]
        return reference[0]
