"""The options of `build.py deployer-policy`: what each narrows, and what each refuses."""

import json
from typing import Any

import pytest
from _backup.iam import allows

import build
from generator.stacks import STACK_NAMES, TEMPLATES
from tests.support.parameter_values import VALUES

ACCOUNT = "111122223333"
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/path/boundary"


def printed(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    assert build.main(["deployer-policy", *words]) == build.FINE
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return document


@pytest.mark.parametrize(
    ("words", "action", "within", "outside"),
    [
        pytest.param(
            ["--account", ACCOUNT],
            "events:PutRule",
            f"arn:aws:events:eu-west-1:{ACCOUNT}:rule/soca-SOCABackupJobAlert-X",
            "arn:aws:events:eu-west-1:444455556666:rule/soca-SOCABackupJobAlert-X",
            id="account",
        ),
        pytest.param(
            ["--cluster-id", "soca-mycluster"],
            "backup:CreateBackupVault",
            "arn:aws:backup:eu-west-1:1:backup-vault:Vault-soca-mycluster",
            "arn:aws:backup:eu-west-1:1:backup-vault:Vault-soca-other",
            id="cluster",
        ),
        pytest.param(
            ["--stack-name", "soca-mycluster,soca-mycluster-*"],
            "cloudformation:UpdateStack",
            "arn:aws:cloudformation:eu-west-1:1:stack/soca-mycluster-Backup-1X/1",
            "arn:aws:cloudformation:eu-west-1:1:stack/soca-mycluster2/1",
            id="stacks",
        ),
    ],
)
def test_an_option_narrows_the_policy(
    capsys: pytest.CaptureFixture[str], words: list[str], action: str, within: str, outside: str
) -> None:
    document = printed(capsys, *words)
    assert allows([document], action, within)
    assert not allows([document], action, outside)


def test_the_options_go_together(capsys: pytest.CaptureFixture[str]) -> None:
    topic = f"arn:aws:sns:eu-west-1:{ACCOUNT}:alerts"
    document = printed(
        capsys,
        *("--boundary", BOUNDARY, "--cluster-id", "soca", "--account", ACCOUNT),
        *("--stack-name", "soca-backup", "--topic", topic),
    )
    role = f"arn:aws:iam::{ACCOUNT}:role/x-SOCAAWSBackupRole-1"
    assert allows([document], "iam:CreateRole", role, {"iam:PermissionsBoundary": BOUNDARY})
    assert not allows([document], "iam:CreateRole", role)
    assert allows([document], "sns:Subscribe", topic)


@pytest.mark.parametrize("name", TEMPLATES)
def test_it_is_for_one_template_and_the_usual_names_of_its_stacks(
    capsys: pytest.CaptureFixture[str], name: str
) -> None:
    documents = {each: printed(capsys, each) for each in TEMPLATES}
    stack = STACK_NAMES[name].replace("<ClusterId>", "soca-mycluster")
    arn = f"arn:aws:cloudformation:eu-west-1:1:stack/{stack}/1"
    for other, document in documents.items():
        assert allows([document], "cloudformation:UpdateStack", arn) is (other == name)
        assert allows([document], "s3:GetObject", f"arn:aws:s3:::b/v1/{name}") is (other == name)


AWS_BOUNDARY = "arn:aws:iam::aws:policy/PowerUserAccess"


def test_a_boundary_of_aws_is_of_every_account(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys, "--boundary", AWS_BOUNDARY, "--account", ACCOUNT)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        *(
            pytest.param([option, value], f"{option} {value!r} is not ", id=f"{option}-{value!r}")
            for option, parameter in (
                ("--boundary", "PermissionsBoundaryArn"),
                ("--cluster-id", "ClusterId"),
                ("--topic", "NotificationTopicArn"),
            )
            for value in ("", *VALUES[parameter].bad)
            if not value.startswith("-")  # for the parser, that is another option
        ),
        *(
            pytest.param(
                ["--account", value], f"--account {value!r} is not ", id=f"account-{value!r}"
            )
            for value in ("", "1234", "1111222233334", "11112222333a", "aws", "*")
        ),
        *(
            pytest.param(["--stack-name", value], "--stack-name ", id=f"stack-{value!r}")
            for value in ("", "*", "*-*", "a/*", "a,", ",a", "1a", "a b", "a:b", "a" * 129, "a\n")
        ),
        pytest.param(
            ["--account", "444455556666", "--boundary", BOUNDARY],
            f"--boundary {BOUNDARY!r} is not of the account 444455556666",
            id="boundary-of-another-account",
        ),
        pytest.param(
            ["--account", "444455556666", "--topic", f"arn:aws:sns:eu-west-1:{ACCOUNT}:alerts"],
            "is not of the account 444455556666",
            id="topic-of-another-account",
        ),
        pytest.param(
            ["BackupRestoreTesting.template", "--boundary", BOUNDARY],
            "the parameter PermissionsBoundaryArn, which BackupRestoreTesting.template does not "
            "have: leave it out",
            id="boundary-without-a-role",
        ),
        pytest.param(
            ["BackupRestoreTesting.template", "--cluster-id", "soca-mycluster"],
            "narrows nothing in the policy of BackupRestoreTesting.template",
            id="cluster-in-no-name",
        ),
        pytest.param(
            ["--stack-name", ",".join(f"stack{number}" * 10 for number in range(20))],
            "the policy has ",
            id="no-room",
        ),
    ],
)
def test_a_bad_value_is_one_sentence_and_nothing_is_printed(
    capsys: pytest.CaptureFixture[str], words: list[str], sentence: str
) -> None:
    assert build.main(["deployer-policy", *words]) == build.USAGE
    out, err = capsys.readouterr()
    assert out == ""
    assert sentence in err
    assert err.startswith("build.py: ")
    assert err.count("\n") == 1
