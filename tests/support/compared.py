"""A small stack to compare with itself after one change, and the changes."""

import copy
from collections.abc import Callable
from typing import Any

from generator.cloudformation.read import Template, parse
from generator.compare.comparison import Comparison, compare

Document = dict[str, Any]
Slip = Callable[[Document], None]

OLD = """
Description: A vault and who fills it. Version 1.2.3
Parameters:
  Cluster: {Type: String, AllowedPattern: "^[a-z]+$", MinLength: 2, MaxLength: 10}
  KeyArn: {Type: String, Default: ""}
  Days: {Type: Number, Default: 30, MinValue: 1, MaxValue: 365, Description: Days to keep}
  Mode: {Type: String, Default: none, AllowedValues: [none, soft, hard]}
  Zones: {Type: CommaDelimitedList, Default: ""}
Rules:
  SoftNeedsKey:
    RuleCondition: !Equals [!Ref Mode, soft]
    Assertions:
      - Assert: !Not [!Equals [!Ref KeyArn, ""]]
        AssertDescription: give a key
Mappings:
  Locks: {soft: {days: 7}, hard: {days: 30}, none: {days: 0}}
Conditions:
  HasKey: !Not [!Equals [!Ref KeyArn, ""]]
  Locked: !Not [!Equals [!Ref Mode, none]]
Resources:
  Vault:
    Type: AWS::Backup::BackupVault
    DeletionPolicy: RetainExceptOnCreate
    UpdateReplacePolicy: Retain
    Properties:
      BackupVaultName: !Sub "Vault-${Cluster}"
      EncryptionKeyArn: !If [HasKey, !Ref KeyArn, !Ref AWS::NoValue]
      LockConfiguration:
        !If [Locked, {MinRetentionDays: !FindInMap [Locks, !Ref Mode, days]}, !Ref AWS::NoValue]
  Plan:
    Type: AWS::Backup::BackupPlan
    Properties:
      BackupPlan:
        BackupPlanName: !Sub "Backup-${Cluster}"
        BackupPlanRule:
          - RuleName: Daily
            TargetBackupVault: !Ref Vault
            Lifecycle: {DeleteAfterDays: !Ref Days}
  Selection:
    Type: AWS::Backup::BackupSelection
    Properties:
      BackupPlanId: !Ref Plan
      BackupSelection:
        SelectionName: tagged
        IamRoleArn: !GetAtt Role.Arn
  Role:
    Type: AWS::IAM::Role
    DeletionPolicy: Retain
    UpdateReplacePolicy: Retain
    Properties:
      Description: Backs up
      AssumeRolePolicyDocument: {Statement: [{Principal: {Service: backup.amazonaws.com}}]}
  Topic:
    Type: AWS::SNS::Topic
    Condition: Locked
    Properties: {DisplayName: !Join ["-", [Backup, !Ref Cluster]]}
  Alert:
    Type: AWS::Events::Rule
    Properties: {EventBusName: default, EventPattern: {source: [aws.backup]}}
Outputs:
  VaultName: {Value: !Ref Vault, Description: Name of the vault}
  VaultArn: {Value: !GetAtt Vault.BackupVaultArn}
  TemplateVersion: {Value: 1.2.3}
"""


def old() -> Document:
    """Return the small stack's template."""
    return parse("old", OLD).document


def after(slip: Slip, before: Slip | None = None) -> Comparison:
    """Return what an update of the small stack by the change does; ``before`` is done to it."""
    released, new = old(), old()
    if before:
        before(released)
    slip(new)
    return compare_documents(released, new)


def compare_documents(one: Document, other: Document) -> Comparison:
    """Return what an update of a stack from the one to the other template does."""
    return compare(Template("old", one), Template("new", other))


def put(path: str, value: Any) -> Slip:
    """Return the change that puts a value at a path; the parts are separated by slashes."""

    def slip(template: Document) -> None:
        *parents, last = path.split("/")
        node: Any = template
        for parent in parents:
            node = node[int(parent)] if isinstance(node, list) else node.setdefault(parent, {})
        node[last] = copy.deepcopy(value)

    return slip


def drop(path: str) -> Slip:
    """Return the change that takes away what is at a path."""

    def slip(template: Document) -> None:
        *parents, last = path.split("/")
        node: Any = template
        for parent in parents:
            node = node[int(parent)] if isinstance(node, list) else node[parent]
        del node[last]

    return slip


def rename(path: str, name: str) -> Slip:
    """Return the change that gives what is at a path another name."""

    def slip(template: Document) -> None:
        *parents, last = path.split("/")
        node: Any = template
        for parent in parents:
            node = node[parent]
        node[name] = node.pop(last)

    return slip


def all_of(*slips: Slip) -> Slip:
    """Return the changes as one."""

    def slip(template: Document) -> None:
        for each in slips:
            each(template)

    return slip


VAULT = "Resources/Vault/Properties"
RULE = "Resources/Plan/Properties/BackupPlan/BackupPlanRule/0"
KEY = {"Type": "AWS::KMS::Key", "DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
