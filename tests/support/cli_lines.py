"""Reads the command lines of a Markdown page and says what is wrong with them.

An ``aws`` line is held against botocore's models, from which the AWS CLI makes its commands:
service, operation or waiter, options, their values, and the fields that ``--query`` names. What it
gives a template of ours is held against the template's parameters. Words after ``build.py`` are
parsed as it does.
"""

import contextlib
import functools
import io
import itertools
import json
import re
import shlex
from collections.abc import Iterator
from typing import Any, NamedTuple

from botocore import xform_name
from botocore.exceptions import UnknownServiceError
from botocore.loaders import Loader
from botocore.model import ListShape, MapShape, OperationModel, ServiceModel, Shape, StructureShape
from botocore.validate import ParamValidator

from generator.cloudformation.parameter_constraints import refusal
from generator.command.parser import parsed
from generator.stacks import MAIN, TEMPLATES
from tests.support.cli_query import query_findings
from tests.support.generated import template
from tests.support.portable_shell import HEREDOC

FENCE = re.compile(r"^ *```(?P<language>\w*) *$")
SHELLS = {"bash", "sh"}
ASSIGNMENT = re.compile(r"(?P<name>[A-Za-z_]\w*)=(?P<value>.*)", re.DOTALL)
SUBSTITUTION = re.compile(r'"?\$\((?P<command>.*)\)"?', re.DOTALL)
VARIABLE = re.compile(r"\$\{?(?P<name>\w+)\}?")
LITERAL_DOLLAR = "\ue000"
"""Stands for a dollar sign inside single quotes, where the shell does not look."""
UNKNOWN = "\ue001" * 20
"""Stands for the value of a variable that only a running command knows; IAM's ARNs have 20 letters
at least."""
GLOBAL_OPTIONS = {
    # name: does a value follow?
    "--query": True,
    "--output": True,
    "--region": True,
    "--profile": True,
    "--no-cli-pager": False,
    "--no-paginate": False,
    "--max-items": True,
}
CREATIONS = {"CreateStack", "CreateStackSet"}
TEMPLATE = {"--template-body", "--template-file", "--template-url"}
PARAMETER = re.compile(r"ParameterKey=(?P<name>[^,]*),ParameterValue=(?P<value>.*)", re.DOTALL)
RENAMED = {("Subscribe", "Endpoint"): "--notification-endpoint"}
"""Operation and member to the option of the AWS CLI, where it is not the member's name."""
OUTPUTS = {"json", "text", "table", "yaml", "yaml-stream", "off"}


class Line(NamedTuple):
    """A command as typed, and the line of the page where it starts."""

    number: int
    text: str


def blocks(markdown: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each shell block: the page's line number of its first line, and its lines."""
    start, language, lines = 0, None, list[str]()
    for number, line in enumerate(markdown.splitlines(), 1):
        fence = FENCE.match(line)
        if fence and language is None:
            start, language, lines = number + 1, fence["language"], []
        elif fence:
            if language in SHELLS:
                yield start, lines
            language = None
        else:
            lines.append(line)


def commands(markdown: str) -> list[Line]:
    """Return the commands of the page's shell blocks, continued lines and open quotes joined."""
    found = []
    for start, lines in blocks(markdown):
        pending, first = "", start
        for number, line in enumerate(lines, start):
            if not pending:
                first = number
            if line.endswith("\\"):
                pending += line[:-1]
                continue
            pending += line + "\n"
            if line.endswith("|") or _is_open(pending):
                continue
            if shlex.split(pending, comments=True):
                found.append(Line(first, pending.strip()))
            pending = ""
        if pending:
            found.append(Line(first, pending.strip()))
    return found


def _is_open(text: str) -> bool:
    if "<<" in text:
        return not HEREDOC.search(text)
    try:
        shlex.split(text, comments=True)
    except ValueError:
        return True
    return text.count("$(") > text.count(")")


class Shell:
    """What a reader's shell knows after the lines so far: the variables that were set."""

    def __init__(self) -> None:
        self.variables: dict[str, str] = {}

    def findings(self, text: str) -> list[str]:
        """Return what is wrong with one command, in sentences; remember what it sets."""
        text = HEREDOC.sub("", text)
        try:
            assigned = ASSIGNMENT.fullmatch(text)
            if not assigned:
                return self._command(text)
            inner = SUBSTITUTION.fullmatch(assigned["value"])
            if inner:
                self.variables[assigned["name"]] = UNKNOWN
                return self._command(inner["command"])
            words, problems = self._words(assigned["value"])
        except ValueError as error:
            return [f"the shell cannot read it: {error}"]
        if len(words) > 1:
            problems.append(f"{words[1]!r} after the value of {assigned['name']}: quote the value")
        self.variables[assigned["name"]] = words[0] if words else ""
        return problems

    def _command(self, text: str) -> list[str]:
        words, problems = self._words(text)
        for command in _pipeline(words):
            if command[0] == "aws":
                problems += aws_findings(command)
            elif command[1:2] == ["build.py"]:
                problems += build_findings(command[2:])
            elif any(re.search(r"(?<![-:\w])aws(?= |$)", word) for word in command[1:]):
                problems.append(f"aws behind {command[0]!r} is not read: give it a line of its own")
        return problems

    def _words(self, text: str) -> tuple[list[str], list[str]]:
        """Split as a shell does; put in the variables, and name those nobody has set."""
        problems: list[str] = []

        def value(match: re.Match[str]) -> str:
            if match["name"] not in self.variables:
                problems.append(f"${match['name']} is not set by an earlier line")
            return self.variables.get(match["name"], UNKNOWN)

        words = []
        for word in shlex.split(_hide_literal_dollars(text), comments=True):
            if LITERAL_DOLLAR in word:
                problems.append("$ inside single quotes stays a dollar sign")
            words.append(VARIABLE.sub(value, word))
        return words, problems


def _pipeline(words: list[str]) -> Iterator[list[str]]:
    """Yield each command of a line, without where its output goes and without ``xargs``."""
    command: list[str] = []
    for word in [*words, "|"]:
        if word not in {"|", "||", "&&"}:
            command.append(word)
            continue
        command = [*itertools.takewhile(lambda each: each not in {">", "2>"}, command)]
        if command[:2] == ["xargs", "-I"]:
            command = command[3:]
        if command:
            yield command
        command = []


def _hide_literal_dollars(text: str) -> str:
    """Mark each dollar sign that single quotes keep from the shell."""
    quote, out = "", []
    for character in text:
        if character in "'\"" and quote in ("", character):
            quote = "" if quote else character
        out.append(LITERAL_DOLLAR if character == "$" and quote == "'" else character)
    return "".join(out)


@functools.cache
def _service(name: str) -> ServiceModel:
    return ServiceModel(Loader().load_service_model(name, "service-2"), name)


@functools.cache
def _waiters(name: str) -> dict[str, Any]:
    try:
        waiters: dict[str, Any] = Loader().load_service_model(name, "waiters-2")["waiters"]
    except UnknownServiceError:
        return {}
    return waiters


def aws_findings(words: list[str]) -> list[str]:
    """Return what the AWS CLI would refuse in ``words``, which start with ``aws``."""
    if len(words) < 3:
        return ["aws needs a service and an operation"]
    _, service_name, verb, *rest = words
    if (service_name, verb) == ("cloudformation", "deploy"):
        return _override_findings(rest)
    try:
        service = _service(service_name)
    except UnknownServiceError:
        return [f"AWS has no service {service_name!r}"]
    if verb == "wait":
        waiters = {xform_name(name, "-"): each for name, each in _waiters(service_name).items()}
        if not rest or rest[0] not in waiters:
            return [f"aws {service_name} wait has no {rest[0] if rest else ''!r}"]
        operation = service.operation_model(waiters[rest[0]]["operation"])
        rest = rest[1:]
    else:
        operations = {xform_name(name, "-"): name for name in service.operation_names}
        if verb not in operations:
            return [f"{service_name} has no operation {verb!r}"]
        operation = service.operation_model(operations[verb])
    findings = _option_findings(operation, rest)
    return findings + _creation_findings(rest) if operation.name in CREATIONS else findings


def build_findings(words: list[str]) -> list[str]:
    """Return what ``build.py`` would refuse in the words after its name."""
    said = io.StringIO()
    with contextlib.redirect_stderr(said):
        try:
            parsed([word.replace(UNKNOWN, "x") for word in words])
        except SystemExit as stopped:
            return said.getvalue().splitlines()[-1:] if stopped.code else []
    return []


def _override_findings(words: list[str]) -> list[str]:
    """Return the overrides of a ``deploy`` that the template does not take.

    The CLI drops an unknown name in silence. The rest of that command is no operation of AWS:
    tests/deployed/test_documented_updates.py runs it.
    """
    options = dict(_grouped(words))
    given = dict(word.partition("=")[::2] for word in options.get("--parameter-overrides", []))
    return _parameter_findings(_template_of(options) or MAIN, given)


def _creation_findings(words: list[str]) -> list[str]:
    """Return the parameters that a template of ours, if it is one, does not take or lacks."""
    options = dict(_grouped(words))
    name = _template_of(options)
    pairs = [PARAMETER.fullmatch(word) for word in options.get("--parameters", [])]
    # In quotes, the CLI takes a comma as part of the value.
    given = {pair["name"]: re.sub('^"(.*)"$', r"\1", pair["value"]) for pair in pairs if pair}
    if name is None:
        return []
    lacking = {
        each for each, one in template(name)["Parameters"].items() if "Default" not in one
    } - {*given}
    return [
        *_parameter_findings(name, given),
        *(f"{name} has no default for {each!r}" for each in sorted(lacking)),
    ]


def _template_of(options: dict[str, list[str]]) -> str | None:
    """Return which of our templates the command names, by the end of a path or an address."""
    named = [word for name, words in options.items() if name in TEMPLATE for word in words]
    file_names = {word.rpartition("/")[2].lower() for word in named}
    return next((name for name in TEMPLATES if name.lower() in file_names), None)


def _parameter_findings(name: str, given: dict[str, str]) -> list[str]:
    parameters = template(name)["Parameters"]
    unknown = [f"{name} has no parameter {each!r}" for each in given if each not in parameters]
    refused = [
        f"{each}: {value!r} {why}"
        for each, value in given.items()
        if each in parameters and UNKNOWN not in value and (why := refusal(parameters[each], value))
    ]
    return [*unknown, *refused]


def _option_findings(operation: OperationModel, words: list[str]) -> list[str]:
    shape = operation.input_shape
    members: dict[str, Shape] = shape.members if isinstance(shape, StructureShape) else {}
    options = {
        RENAMED.get((operation.name, name), f"--{xform_name(name, '-')}"): name for name in members
    }
    problems: list[str] = []
    values: dict[str, Any] = {}
    for option, given in _grouped(words):
        if option in GLOBAL_OPTIONS:
            problems += _global_findings(operation, option, given)
            continue
        negated = option.replace("--no-", "--", 1) if option.startswith("--no-") else ""
        name = options.get(option) or options.get(negated)
        if name is None or (option not in options and members[name].type_name != "boolean"):
            problems.append(f"{operation.name} has no option {option}")
            continue
        try:
            values[name] = _value(members[name], given)
        except ValueError as error:
            problems.append(f"{option}: {error}")
        else:
            problems += [
                f"{option}: {each}" for each in _enum_findings(members[name], values[name])
            ]
    if problems or not isinstance(shape, StructureShape):
        return problems
    for name in shape.required_members:
        if members[name].metadata.get("idempotencyToken"):
            values.setdefault(name, "made by the CLI")
    report = ParamValidator().validate(values, shape).generate_report()
    return report.splitlines() if report else []


def _grouped(words: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield each option with the words that follow it; words before any option as option ''."""
    option, given = "", list[str]()
    for word in words:
        if word.startswith("--"):
            if option or given:
                yield option or given[0], given
            option, given = word, []
        else:
            given.append(word)
    if option or given:
        yield option or given[0], given


def _global_findings(operation: OperationModel, option: str, given: list[str]) -> list[str]:
    if len(given) != GLOBAL_OPTIONS[option]:
        return [f"{option} takes {int(GLOBAL_OPTIONS[option])} value, not {given}"]
    if option == "--output" and given[0] not in OUTPUTS:
        return [f"--output has no form {given[0]!r}"]
    if option == "--query":
        return query_findings(operation.output_shape, given[0])
    return []


def _value(shape: Shape, given: list[str]) -> Any:
    """Return what the CLI would send for an option's words; ValueError says why it would not."""
    if shape.type_name == "boolean":
        if given:
            raise ValueError(f"takes no value, not {given}")
        return True
    if not given:
        raise ValueError("needs a value")
    if isinstance(shape, ListShape):
        if given == [UNKNOWN]:  # as JSON, perhaps
            return []
        if given[0].startswith("["):
            return json.loads(" ".join(given))
        return [_one(shape.member, word) for word in given]
    if len(given) > 1:
        raise ValueError(f"takes one value, not {given}")
    return _one(shape, given[0])


def _one(shape: Shape, word: str) -> Any:
    """Return one word as a value of ``shape``."""
    value: Any = word
    if isinstance(shape, StructureShape | MapShape):
        if word.startswith("file://"):
            value = {}
        else:
            value = json.loads(word) if word.startswith("{") else _shorthand(shape, word)
    elif isinstance(shape, ListShape):
        value = [_one(shape.member, word)]
    elif shape.type_name in ("integer", "long"):
        value = 1 if UNKNOWN in word else int(word)
    elif shape.type_name == "boolean":
        if word not in ("true", "false"):
            raise ValueError(f"{word!r} is neither true nor false")
        value = word == "true"
    elif shape.type_name == "timestamp" and UNKNOWN in word:
        value = "2026-01-01T00:00:00Z"
    return value


def _shorthand(shape: StructureShape | MapShape, text: str) -> dict[str, Any]:
    """Read ``Key=a,Values=b,c``: a word without ``=`` belongs to the list of the key before it."""
    if text == UNKNOWN:  # what is in an unquoted variable is not known
        return {}
    read: dict[str, list[str]] = {}
    key = ""
    for part in text.split(","):
        name, equals, value = part.partition("=")
        if equals:
            key = name
            read[key] = [value]
        elif key:
            read[key].append(part)
        else:
            raise ValueError(f"{text!r} is neither JSON nor key=value")
    result: dict[str, Any] = {}
    for name, parts in read.items():
        member = shape.value if isinstance(shape, MapShape) else shape.members.get(name)
        if member is None:
            raise ValueError(f"{shape.name} has no {name!r}")
        if isinstance(member, ListShape):
            result[name] = [_one(member.member, part) for part in parts]
        elif len(parts) > 1:
            raise ValueError(f"{name} takes one value, not {parts}")
        else:
            result[name] = _one(member, parts[0])
    return result


def _enum_findings(shape: Shape, value: Any) -> list[str]:
    """Return each value that the model's list of values, or its pattern, does not have."""
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        pairs = [(shape.members[key], each) for key, each in value.items() if key in shape.members]
    elif isinstance(shape, MapShape) and isinstance(value, dict):
        pairs = [(shape.value, each) for each in value.values()]
    elif isinstance(shape, ListShape) and isinstance(value, list):
        pairs = [(shape.member, each) for each in value]
    else:
        return _scalar_findings(shape, value)
    return [finding for member, each in pairs for finding in _enum_findings(member, each)]


def _scalar_findings(shape: Shape, value: Any) -> list[str]:
    if not isinstance(value, str) or UNKNOWN in value:
        return []
    allowed = getattr(shape, "enum", [])
    if allowed and value not in allowed:
        return [f"{value!r} is none of {', '.join(allowed)}"]
    pattern = shape.metadata.get("pattern", "")
    # The models' patterns are Java's; Python does not know \p{...}.
    if value.startswith("file://") or "\\p" in pattern or re.search(pattern, value):
        return []
    return [f"{value!r} does not match {pattern}"]
