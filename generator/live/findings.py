"""What the live check finds: a verdict for each question, and what to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import NamedTuple


class Verdict(IntEnum):
    """How it stands with something; the higher counts of several."""

    WELL = 0
    TO_KNOW = 1
    """The stack was asked for less, or somebody has to look: it never changes the exit code."""
    NOT_CHECKED = 2
    """AWS did not answer, or nobody can know from what it says."""
    NOT_WELL = 3
    """Tonight's backup, an existing backup or a restore fails, or nobody would hear of it."""

    @property
    def words(self) -> str:
        """The verdict as people read it."""
        return self.name.lower().replace("_", " ")


class Question(NamedTuple):
    """What is asked; the order of ``QUESTIONS`` is that of the answers."""

    key: str
    """In JSON."""
    name: str
    decides: bool
    """Whether the exit code is 2 if it is not checked."""


STACK = Question("stack", "the stack", decides=False)
RESOURCES = Question("resources", "the resources", decides=True)
TONIGHT = Question("tonight", "tonight", decides=True)
RESTORE = Question("restore", "a restore", decides=True)
SINCE = Question("since", "the last {hours} hours", decides=False)
VAULT = Question("vault", "the vault", decides=False)
HEARS = Question("hears", "who hears of it", decides=False)
QUESTIONS = (STACK, RESOURCES, TONIGHT, RESTORE, SINCE, VAULT, HEARS)


@dataclass(frozen=True)
class Finding:
    """One thing that is not simply well."""

    verdict: Verdict
    text: str
    """A sentence, without its full stop. Texts of AWS stand in it as they are."""
    advice: str = ""
    """What to do: a sentence without its full stop, or a command; empty: nothing."""
    resource: str = ""
    """The ARN of what it is about; empty: it is about no resource that carries the tag."""
    action: str = ""
    """The IAM action that was not allowed, of what is not checked for that reason."""
    stops: tuple[str, ...] = ()
    """The ARNs of what tonight's backup fails for because of it; if it is not checked, of what it
    may fail for."""


@dataclass(frozen=True)
class Answer:
    """What is known of a question."""

    question: Question
    summary: str
    """What there is, in a few words, if all is well: "4 carry soca:BackupPlan=soca-mycluster"."""
    findings: Sequence[Finding] = ()

    @property
    def verdict(self) -> Verdict:
        """The worst of its findings."""
        return max((each.verdict for each in self.findings), default=Verdict.WELL)


POINT, NONE, FAILED = "#", ".", "x"
"""A day of the strip: a recovery point, none, a failed job and no recovery point."""
DAYS = 35


@dataclass(frozen=True)
class Resource:
    """A resource that carries the tag, or was meant to."""

    arn: str
    kind: str
    """What AWS Backup calls its type: EC2, EBS, EFS, FSx."""
    id: str
    name: str
    """The value of its tag Name; empty: it has none."""
    verdict: Verdict
    newest: datetime | None
    """When the newest complete recovery point in the vault was begun; None: there is none, or
    nobody knows: then ``points`` is None, too."""
    strip: str
    """DAYS characters, the last one is today; empty: nobody knows."""
    points: int | None = None
    """How many complete recovery points it has in the vault; None: nobody knows."""
    last_job: str = ""
    """State and message of its last backup job; empty: none is known."""
    why: str = ""
    """The worst that was found about it, in a few words; empty: nothing was."""
    tonight: bool | None = True
    """Whether the next backup will run for it; None: nobody knows."""


@dataclass(frozen=True)
class Start:
    """The next start of a rule."""

    rule: str
    at: datetime
    """With the time zone of the rule."""


@dataclass(frozen=True)
class Inspection:
    """What was found out about a backup stack."""

    stack: str
    """Its name."""
    stack_id: str
    version: str
    """Of its template; empty: it states none."""
    region: str
    account: str
    at: datetime
    """When AWS was asked."""
    hours: int
    """How far back jobs are looked at."""
    answers: Sequence[Answer]
    """One per question, in the order of QUESTIONS."""
    resources: Sequence[Resource]
    """Those that carry the tag, by kind and name."""
    starts: Sequence[Start]
    """The next start of each rule, the soonest first; empty: nobody knows, or there is none."""
    conclusion: str
    """The closing sentence, with its full stop."""
    calls: int
    """How many requests were made."""

    @property
    def not_checked(self) -> int:
        """How many things were not checked."""
        found = (each for answer in self.answers for each in answer.findings)
        return len({(f.text, f.resource) for f in found if f.verdict is Verdict.NOT_CHECKED})

    @property
    def is_well(self) -> bool | None:
        """Whether backups run and can be restored; None: what decides it was not checked."""
        worst = max(answer.verdict for answer in self.answers)
        if worst is Verdict.NOT_WELL:
            return False
        open_ones = (
            answer
            for answer in self.answers
            if answer.question.decides
            and any(each.verdict is Verdict.NOT_CHECKED for each in answer.findings)
        )
        return None if any(open_ones) else True
