"""The check of shell blocks finds each fault, and nothing in a right block."""

import pytest

from tests.support.portable_shell import python_findings, shell_findings

GOOD = [
    'VAULT=Vault-$CLUSTER_ID\naws backup describe-backup-vault --backup-vault-name "$VAULT"',
    "KEY_ARN=arn:aws:kms:eu-west-1:111122223333:key/1234",
    'aws iam get-role --role-name "${ROLE_ARN##*/}"',
    "aws ec2 describe-tags --query 'Tags[?Key==`a`].Value | [0]' --filters \"Name=x,Values=#1\"",
    "aws backup list-jobs --query \"Jobs[?State!='X' && Id=='$JOB']\" \\\n  --output text",
    'if [ "$A" = "$B" ]; then printf \'%s\\n\' "$?"; fi',
    "cat > policy.json <<'E'\n# it's $free, and arn:aws:iam::1:role/x*\nE\nRC=$?",
    'ARN=arn:$PARTITION:iam::$ACCOUNT:role/x\nNAME=$(aws x --arn "arn:$PARTITION:s3:::b")',
]

BAD = [
    ("aws x $OTHERS", "'$O': zsh does not split"),
    ("X=$(aws y --tag-filters Key=$KEY)", "zsh does not split"),
    ("aws x \\\n  Key=${KEY}", "zsh does not split"),
    ("VAULT=Vault-x # or another", "knows no comments"),
    ("# the cluster's\nls", "knows no comments"),
    ("aws x --query Tags[].Key", "no file matches"),
    ('rm "$DIR"/*.json', "no file matches"),
    ("aws s3 cp file? .", "no file matches"),
    ("test a == =b", "the path of a command"),
    ("mapfile -t x", "zsh has it not"),
    ("aws x --query \"Tags[?!contains(Key, 'a')]\"", "its history"),
    ('aws x --query "Tags[?Key==`a`]"', "runs a command"),
    ('printf %s "${NAMES[0]}"', "zsh has it not"),
    ("aws x --arn arn:aws:iam::aws:policy/P", "other partitions"),
    ('NAME=$(aws x --arn "arn:aws-cn:s3:::b")', "other partitions"),
]


@pytest.mark.parametrize("block", GOOD)
def test_a_right_block_has_no_finding(block: str) -> None:
    assert list(shell_findings(block)) == []


@pytest.mark.parametrize(("block", "finding"), BAD)
def test_a_fault_is_found(block: str, finding: str) -> None:
    assert [why for _, why in shell_findings(block) if finding in why] != []


def test_a_finding_says_in_which_line() -> None:
    found = list(shell_findings("cat <<E\nx\nE\naws y \\\n  z $A"))
    assert [line for line, _ in found] == [4]


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        ("python3 - <<'E'\nwith (open('a') as a, open('b') as b):\n    pass\nE", 0),
        ("python3 - x.json <<'E'\nmatch 1:\n    case 1: pass\nE", 1),
        ("python3 -c 'print(1' x", 1),
        ("cat x | python3 -c 'import json'", 0),
        ("cat <<'E'\nno python (\nE", 0),
    ],
)
def test_python_is_what_cloudshell_has(block: str, expected: int) -> None:
    assert len(python_findings(block)) == expected
