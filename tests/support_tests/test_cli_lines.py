"""The checker of command lines finds each kind of slip, and nothing in a right line."""

import shlex

import pytest

from tests.support.cli_lines import Shell, commands

GOOD = [
    "aws backup list-backup-jobs --by-backup-vault-name Vault-soca-x --by-state FAILED",
    "aws backup list-backup-jobs --by-created-after 2026-11-20T00:00:00Z --output table",
    "aws backup list-backup-jobs --query 'sort_by(BackupJobs,&CreationDate)[].[State]'",
    "aws ec2 describe-instances --query 'Reservations[].Instances[].InstanceId' --max-items 5",
    (
        "aws backup start-backup-job --backup-vault-name Vault-x --iam-role-arn role "
        "--resource-arn arn:aws:ec2:r:1:instance/i-1 --lifecycle DeleteAfterDays=30"
    ),
    'aws backup start-restore-job --recovery-point-arn a --metadata \'{"Encrypted":"true"}\'',
    "aws backup start-restore-job --recovery-point-arn a --metadata file://restore.json",
    "aws backup update-region-settings --resource-type-opt-in-preference EC2=true,EFS=true",
    "aws backup describe-region-settings --query ResourceTypeOptInPreference.EFS --output text",
    (
        "aws backup get-recovery-point-restore-metadata --backup-vault-name Vault-x "
        "--recovery-point-arn a --query RestoreMetadata > restore.json"
    ),
    "aws cloudformation wait stack-create-complete --stack-name x",
    (
        "aws cloudformation create-stack --stack-name x --template-body file://t "
        "--capabilities CAPABILITY_IAM --parameters ParameterKey=a,ParameterValue=b"
    ),
    (
        "aws resourcegroupstaggingapi get-resources --tag-filters Key=k,Values=a,b "
        "--resource-type-filters ec2:instance ec2:volume"
    ),
    "aws ec2 describe-instances --no-dry-run --region eu-west-1",
    "NAME=$(aws sts get-caller-identity --query Account --output text)",
    "aws efs create-file-system",  # its required token is made by the CLI
    "git status",
    "aws cloudformation deploy --stack-name x --template-file y",
    (
        "aws cloudformation create-stack --stack-name x --template-body file://a/Backup.template "
        "--parameters ParameterKey=ClusterId,ParameterValue=soca-x"
    ),
    (
        "aws cloudformation deploy --stack-name x --template-file backupcopydestination.template "
        "--parameter-overrides SourceAccountId= CreateRestoreRole=yes"
    ),
    "TAGS=$(aws sts get-caller-identity --output json || echo '[]')",
    "python3 - x.json <<'E'\nprint(\"aws 'x\")\nE",
    "aws sts get-caller-identity --output text |\n  xargs -I ID aws iam get-role --role-name ID",
    ".venv/bin/python build.py inspect soca-x --since 168 > x.txt || (cat x.txt; false)",
    "python build.py explain --help",
]

BAD = [
    ("aws bakcup list-backup-jobs", "no service 'bakcup'"),
    ("aws backup", "needs a service and an operation"),
    ("aws backup list-backup-job", "no operation 'list-backup-job'"),
    ("aws backup wait backup-job-complete --backup-job-id x", "wait has no"),
    ("aws backup list-backup-jobs --by-vault-name x", "no option --by-vault-name"),
    ("aws backup list-backup-jobs stray", "no option stray"),
    ("aws backup list-backup-jobs --no-by-state", "no option --no-by-state"),
    ("aws backup list-backup-jobs --by-state FAILURE", "none of"),
    ("aws backup list-backup-jobs --by-backup-vault-name backup.vault", "does not match"),
    ("aws backup list-backup-jobs --output tabel", "no form 'tabel'"),
    ("aws backup list-backup-jobs --query 'BackupJobs[].Stat'", "no 'Stat'"),
    ("aws backup list-backup-jobs --query 'BackupJobs[.State'", "--query"),
    ("aws backup list-backup-jobs --query 'sort_by(BackupJobs,&Date)'", "no 'Date'"),
    ("aws ec2 describe-instances --query 'Reservations[].Instances[].Id'", "no 'Id'"),
    ("aws cloudformation describe-stacks --query \"Stacks[].Outputs[?Key=='x']\"", "no 'Key'"),
    ("aws backup update-region-settings --resource-type-opt-in-preference EC2=yes", "neither true"),
    ("aws backup describe-backup-vault", 'Missing required parameter in input: "BackupVaultName"'),
    ("aws backup start-backup-job --lifecycle DeleteAfter=30", "no 'DeleteAfter'"),
    ("aws backup start-backup-job --lifecycle DeleteAfterDays=thirty", "thirty"),
    ("aws backup start-backup-job --lifecycle 30", "neither JSON nor key=value"),
    (
        "aws backup start-restore-job --metadata '{\"a\":true}' --recovery-point-arn a",
        "Invalid type",
    ),
    (
        "aws backup start-restore-job --metadata '{\"a\":}' --recovery-point-arn a",
        "Expecting value",
    ),
    ('aws backup start-restore-job --metadata \'{"a":"$X"}\' --recovery-point-arn a', "$ inside"),
    ("aws cloudformation create-stack --stack-name x --capabilities CAPABILITY_IAMS", "none of"),
    (
        "aws cloudformation deploy --stack-name x --parameter-overrides RetentionDay=3",
        "no parameter 'RetentionDay'",
    ),
    (
        "aws cloudformation deploy --stack-name x --parameter-overrides RetentionDays=thirty",
        "RetentionDays: 'thirty' is not a number",
    ),
    (
        (
            "aws cloudformation deploy --stack-name x "
            "--template-file a/BackupCopyDestination.template --parameter-overrides RetentionDays=3"
        ),
        "BackupCopyDestination.template has no parameter 'RetentionDays'",
    ),
    (
        (
            "aws cloudformation create-stack --stack-name x --template-url s3://b/Backup.template "
            "--parameters ParameterKey=RetentionDays,ParameterValue=3"
        ),
        "Backup.template has no default for 'ClusterId'",
    ),
    (
        (
            "aws cloudformation create-stack-set --stack-set-name x "
            "--template-body file://BackupCopyDestination.template --parameters "
            "ParameterKey=ClusterId,ParameterValue=x-x "
            "ParameterKey=SourceAccountId,ParameterValue=12"
        ),
        "SourceAccountId: '12' does not match",
    ),
    ("aws ec2 describe-instances --dry-run yes", "takes no value"),
    ("aws sts get-caller-identity --region $REGION", "$REGION is not set"),
    ("NAME=$(aws sts get-caller-id)", "no operation"),
    ("aws sts get-caller-identity | xargs -I ID aws iam get-role --role ID", "no option --role"),
    ("aws backup list-backup-jobs --query 'max_by(BackupJobs,&State).Sate'", "no 'Sate'"),
    ("NAME=two words", "quote the value"),
    ("aws sts get-caller-identity && aws sts get-caller-id", "no operation"),
    ("sudo aws sts get-caller-id", "aws behind 'sudo' is not read"),
    ('NAME="$(date) $(aws sts get-caller-id)"', "aws behind"),
    ("aws backup list-backup-jobs --by-state 'FAILED", "the shell cannot read it"),
    ("python build.py inspekt soca-x", "invalid choice: 'inspekt'"),
    (".venv/bin/python build.py inspect soca-x --hours 168", "unrecognized arguments: --hours"),
]


@pytest.mark.parametrize("text", GOOD)
def test_a_right_line_has_no_finding(text: str) -> None:
    assert Shell().findings(text) == []


@pytest.mark.parametrize(("text", "finding"), BAD)
def test_a_slip_is_found(text: str, finding: str) -> None:
    assert finding in " ".join(Shell().findings(text))


def test_variables_are_put_in_where_they_are_used() -> None:
    shell = Shell()
    assert shell.findings("CLUSTER_ID=soca.x") == []
    line = 'aws backup list-backup-jobs --by-backup-vault-name "Vault-$CLUSTER_ID"'
    (finding,) = shell.findings(line)
    assert "'Vault-soca.x' does not match" in finding


def test_what_only_a_running_command_knows_may_be_a_list() -> None:
    shell = Shell()
    assert shell.findings("TAGS=$(aws sts get-caller-identity --output json)") == []
    assert shell.findings('aws cloudformation update-stack --stack-name x --tags "$TAGS"') == []


def test_what_only_a_running_command_knows_may_be_long_and_a_name() -> None:
    shell = Shell()
    assert shell.findings("X=$(aws sts get-caller-identity --output text)") == []
    assert shell.findings('aws iam attach-role-policy --role-name x --policy-arn "$X"') == []
    assert shell.findings('python build.py inspect "$X"') == []


def test_commands_are_joined_over_lines_and_quotes() -> None:
    page = (
        "text\n```bash\n# a comment\naws a \\\n  b  # why\n"
        "aws c --d '{\n  \"e\": 1}'\ncat <<E\naws g\nE\n```\n```yaml\naws: x\n```\n"
    )
    assert [(line.number, shlex.split(line.text, comments=True)) for line in commands(page)] == [
        (4, ["aws", "a", "b"]),
        (6, ["aws", "c", "--d", '{\n  "e": 1}']),
        (8, ["cat", "<<E", "aws", "g", "E"]),
    ]


def test_a_block_that_ends_inside_a_quote_is_still_read() -> None:
    (line,) = commands("```sh\naws sts 'x\n```\n")
    assert "the shell cannot read it" in Shell().findings(line.text)[0]
