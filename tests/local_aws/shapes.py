"""What botocore's models say of a value: its types, and what they refuse."""

import re
from typing import Any

from botocore.exceptions import ParamValidationError
from botocore.model import ListShape, MapShape, Shape, StructureShape
from botocore.validate import ParamValidator

from tests.local_aws.errors import DeploymentError


def validate(shape: Shape, value: Any) -> None:
    """Refuse unknown and missing members and wrong types; raise ParamValidationError."""
    report = ParamValidator().validate(value, shape)
    if report.has_errors():
        raise ParamValidationError(report=report.generate_report())


def check(shape: Shape, answer: Any, where: str) -> None:
    """Refuse an answer that no client of the service could get."""
    validate(shape, answer)
    typed(shape, answer, where)


def typed(shape: Shape, value: Any, where: str) -> Any:
    """Return the value in the model's types; refuse what its enums, patterns and limits refuse.

    botocore itself validates types, required and unknown members, and minima, but none of these.
    """
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        return {
            key: typed(shape.members[key], item, f"{where}.{key}") if key in shape.members else item
            for key, item in value.items()
        }
    if isinstance(shape, MapShape) and isinstance(value, dict):
        return {k: typed(shape.value, item, f"{where}.{k}") for k, item in value.items()}
    if isinstance(shape, ListShape) and isinstance(value, list):
        _check_limit(shape, len(value), where)
        return [typed(shape.member, item, where) for item in value]
    try:
        scalar = _scalar(shape.type_name, value)
    except ValueError:
        raise DeploymentError(f"{where}: {value!r} is not of type {shape.type_name}.") from None
    if isinstance(scalar, str):
        _check_text(shape, scalar, where)
    elif isinstance(scalar, int | float):
        _check_limit(shape, scalar, where)
    return scalar


def _scalar(type_name: str, value: Any) -> Any:
    if type_name == "string" and isinstance(value, bool | int | float):
        return str(value).lower()
    if type_name == "boolean" and isinstance(value, str):
        if value not in {"true", "false"}:
            raise ValueError(value)
        return value == "true"
    if type_name in {"integer", "long"} and isinstance(value, str):
        return int(value)
    if type_name in {"double", "float"} and isinstance(value, str):
        return float(value)
    return value


def _check_text(shape: Shape, text: str, where: str) -> None:
    _check_limit(shape, len(text), where)
    enum = getattr(shape, "enum", None)
    if enum and text not in enum:
        raise DeploymentError(f"{where}: {text!r} is not one of {enum}.")
    # Java's classes of all letters, blanks and digits are Python's \w and \s.
    pattern = shape.metadata.get("pattern", "").replace(r"\p{L}\p{Z}\p{N}", r"\w\s")
    if pattern and not re.fullmatch(pattern, text):
        raise DeploymentError(f"{where}: {text!r} does not match {pattern}.")


def _check_limit(shape: Shape, size: float, where: str) -> None:
    largest = shape.metadata.get("max")
    if largest is not None and size > largest:
        raise DeploymentError(f"{where}: {size} is more than {largest}.")
