"""Our templates as generated now, and what CloudFormation makes of them.

``of`` is a template's file name; without it the Backup template is meant. What a template requires
and a test does not give has the value of ``tests.support.parameter_values``.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from generator.cloudformation.read import parse
from generator.stacks import MAIN, TEMPLATES
from generator.stacks.render import render
from tests.local_aws.evaluation import Resolved, resolve
from tests.support.parameter_values import ON, REGIONS, everything

COPIES, TESTS = "BackupCopyDestination.template", "BackupRestoreTesting.template"


@cache
def text(of: str = MAIN) -> str:
    """Return the text of the template."""
    return render(TEMPLATES[of]())


@cache
def template(of: str = MAIN) -> dict[str, Any]:
    """Return the template in CloudFormation's long form, read back from its text."""
    return parse(of, text(of)).document


def all_on(of: str, partition: str = "aws") -> dict[str, str]:
    """Return every parameter of the template with the value that shows most."""
    return everything(partition, template(of)["Parameters"])


def resolved(region: str = "us-east-1", /, *, of: str = MAIN, **parameters: str) -> Resolved:
    """Return what CloudFormation makes of the template for the cluster ``soca-mycluster``."""
    return resolve(template(of), completed(of, parameters), region=region)


def without_rules(*, of: str = MAIN, **parameters: str) -> Resolved:
    """Return the same where rules are not evaluated, as nested stacks may do."""
    return resolve(template(of), completed(of, parameters), evaluate_rules=False)


def with_names(
    names: Mapping[str, str], region: str = "us-east-1", /, *, of: str = MAIN, **parameters: str
) -> Resolved:
    """Return the same with names and attributes of resources: ``Vault``, ``Vault.Arn``."""
    return resolve(template(of), completed(of, parameters), region=region, known=names)


def completed(of: str, parameters: Mapping[str, str]) -> dict[str, str]:
    """Return the parameters, and those that the template requires."""
    declared = template(of)["Parameters"]
    required = {name: ON[name] for name, one in declared.items() if "Default" not in one}
    return {**required, **parameters}


def of_type(made: Resolved, kind: str) -> dict[str, dict[str, Any]]:
    """Return the resources of the type, by logical id."""
    return {name: made.resources[name] for name, this in made.types.items() if this == kind}


def as_template(of: str, made: Resolved) -> dict[str, Any]:
    """Return a template of what was made, without parameters and conditions."""
    known = "|".join(made.types)
    resources = {
        name: {**template(of)["Resources"][name], "Properties": _with_references(made, known, name)}
        for name in made.types
    }
    for resource in resources.values():
        resource.pop("Condition", None)
    return {"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources}


def _with_references(made: Resolved, known: str, name: str) -> Any:
    placeholder = re.compile(rf"<((?:{known})(?:\.\w+)?)>")

    def put(node: Any) -> Any:
        if isinstance(node, dict):
            return {key: put(value) for key, value in node.items()}
        if isinstance(node, list):
            return [put(value) for value in node]
        if not isinstance(node, str) or not placeholder.search(node):
            return node
        if whole := placeholder.fullmatch(node):
            resource, _, attribute = whole[1].partition(".")
            return {"Fn::GetAtt": [resource, attribute]} if attribute else {"Ref": resource}
        return {"Fn::Sub": placeholder.sub(r"${\1}", node.replace("${", "${!"))}

    return put(made.resources[name])


def inline_policies(made: Resolved) -> dict[str, Any]:
    """Return the documents of the role's inline policies, by name."""
    [role] = of_type(made, "AWS::IAM::Role").values()
    policies = role["Policies"]
    documents = {policy["PolicyName"]: policy["PolicyDocument"] for policy in policies}
    if len(documents) != len(policies):
        raise ValueError("two inline policies have one name: IAM would keep one of them")
    return documents


@cache
def full_role(partition: str = "aws", of: str = MAIN) -> dict[str, Any]:
    """Return the documents of a role with everything on."""
    return inline_policies(resolved(REGIONS[partition], of=of, **all_on(of, partition)))
