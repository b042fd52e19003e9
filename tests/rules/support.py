"""How tests run the rules: as cfn-lint's console script does, or a single one on a snippet."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from cfnlint.decode.decode import decode_str
from cfnlint.rules import Rules
from cfnlint.template import Template

HERE = Path(__file__).parent
RULES = HERE.parents[1] / "generator" / "rules"
FILES = {path.stem: path for path in RULES.glob("[a-z]*/[a-z]*.py")}
NAMES = sorted(FILES)


@cache
def rules() -> dict[str, Any]:
    """Return the rules by id, loaded as cfn-lint loads them."""
    return dict(Rules.create_from_directory(str(RULES)).items())


def shared(name: str) -> Any:
    """Return a module that the rules share, the very one that they use."""
    rules()
    return sys.modules[name]


def matches(text: str, rule: str | None = None) -> Iterator[tuple[str, int, str]]:
    """Yield id, line and message of what a rule (or all of them) finds in a template."""
    template, faults = decode_str(text)
    assert template is not None, faults
    cfn = Template(None, template)
    for one in rules().values():
        if rule in (None, one.id):
            for match in one.matchall("", cfn):
                yield one.id, match.linenumber, match.message


def found(rule: str, template: Mapping[str, Any]) -> list[str]:
    """Return the messages of one rule about a template."""
    return [message for _, _, message in matches(json.dumps(template, indent=1), rule)]


def agree(messages: list[str], expected: Iterable[str]) -> None:
    """Assert that there is one message for each expected text, which contains it, in order."""
    expected = list(expected)
    assert len(messages) == len(expected), messages
    for message, text in zip(messages, expected, strict=True):
        assert text in message


def cfn_lint(
    files: Iterable[Path], cwd: Path, append: Path | None = RULES, pythonpath: str = ""
) -> list[dict[str, Any]]:
    """Return what the console script cfn-lint reports, run in a directory that knows nothing.

    With the information that our rules give, without that of cfn-lint's own.
    """
    script = shutil.which("cfn-lint", path=str(Path(sys.executable).parent))
    assert script
    given = ["--append-rules", str(append)] if append else []
    done = subprocess.run(
        [script, "--format", "json", "--include-checks", "I95", *given, "--", *map(str, files)],
        cwd=cwd,
        env={"PATH": os.defpath, "PYTHONPATH": pythonpath, "HOME": str(cwd)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert not done.stderr, done.stderr
    result: list[dict[str, Any]] = json.loads(done.stdout or "[]")
    return result


# Pieces of templates. Each is as small as possible and right, so that a test changes one thing.

VAULT: dict[str, Any] = {
    "Type": "AWS::Backup::BackupVault",
    "DeletionPolicy": "RetainExceptOnCreate",
    "UpdateReplacePolicy": "Retain",
    "Properties": {"BackupVaultName": "nightly"},
}
ROLE_ARN = {"Fn::GetAtt": ["Role", "Arn"]}


def vault(**properties: Any) -> dict[str, Any]:
    """Return a vault that is kept, with further properties."""
    return {**VAULT, "Properties": {**VAULT["Properties"], **properties}}


def rule(**properties: Any) -> dict[str, Any]:
    """Return a rule of a plan; a property that is None is left out."""
    whole = {
        "RuleName": "nightly",
        "TargetBackupVault": "Default",
        "Lifecycle": {"DeleteAfterDays": 30},
        **properties,
    }
    return {key: value for key, value in whole.items() if value is not None}


def plan(*its_rules: Any) -> dict[str, Any]:
    """Return a plan with these rules."""
    return {
        "Type": "AWS::Backup::BackupPlan",
        "Properties": {
            "BackupPlan": {"BackupPlanName": "nightly", "BackupPlanRule": list(its_rules)}
        },
    }


def selection(**properties: Any) -> dict[str, Any]:
    """Return a selection with these properties."""
    return {
        "Type": "AWS::Backup::BackupSelection",
        "Properties": {
            "BackupPlanId": {"Ref": "Plan"},
            "BackupSelection": {
                "SelectionName": "tagged",
                "IamRoleArn": ROLE_ARN,
                **properties,
            },
        },
    }


def role(*statements: Any, **properties: Any) -> dict[str, Any]:
    """Return a role that AWS Backup can assume, with these statements in one inline policy."""
    policies = [
        {
            "PolicyName": "inline",
            "PolicyDocument": {"Version": "2012-10-17", "Statement": list(statements)},
        }
    ]
    whole = {
        "AssumeRolePolicyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "backup.amazonaws.com"},
                    "Action": "sts:AssumeRole",
                }
            ],
        },
        "Policies": policies if statements else None,
        **properties,
    }
    return {
        "Type": "AWS::IAM::Role",
        "DeletionPolicy": "RetainExceptOnCreate",
        "UpdateReplacePolicy": "Retain",
        "Properties": {key: value for key, value in whole.items() if value is not None},
    }


def template(**resources: Any) -> dict[str, Any]:
    """Return a template with these resources; what is the name of a section goes in as such."""
    names = {"Parameters", "Conditions", "Mappings", "Rules", "Transform"} & set(resources)
    held: dict[str, Any] = {name: resources.pop(name) for name in sorted(names)}
    return {**held, "Resources": resources}


# A statement for the access policy of a vault.
DENY = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "backup:DeleteRecoveryPoint",
    "Resource": "*",
}


def policy(*statements: Any, **document: Any) -> dict[str, Any]:
    """Return a template whose vault has an access policy; what is None is left out of it."""
    whole = {"Version": "2012-10-17", "Statement": list(statements), **document}
    return template(Vault=vault(AccessPolicy={k: v for k, v in whole.items() if v is not None}))
