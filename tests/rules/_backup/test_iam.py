"""The evaluator judges as IAM's documentation says; these cases come from there, not from us."""

from typing import Any

import pytest
from _backup.iam import Answer, Context, allows, decide
from _backup.matching import unknown

YES, NO, OPEN = Answer.ALLOWED, Answer.DENIED, Answer.UNKNOWN
IMAGE = "arn:aws:ec2:us-east-1::image/i"
SOMEWHERE = unknown("Place")
ROLE = "arn:aws:iam::111111111111:role/r"


def _document(effect: str = "Allow", **elements: Any) -> dict[str, Any]:
    whole = {"Effect": effect, "Action": "ec2:*", "Resource": "*", **elements}
    statement = {key: value for key, value in whole.items() if value is not None}
    return {"Version": "2012-10-17", "Statement": statement}


@pytest.mark.parametrize(
    ("elements", "answer"),
    [
        pytest.param({"Action": "EC2:runinstances"}, YES, id="actions-have-no-case"),
        pytest.param({"Action": "ec2:Run"}, NO, id="no-prefix-without-a-star"),
        pytest.param({"Action": ["s3:*", "ec2:Run?nstances"]}, YES, id="question-mark"),
        pytest.param({"Action": []}, NO, id="no-action"),
        pytest.param({"Action": "ec2:Run[A-Z]nstances"}, NO, id="no-other-wildcards"),
        pytest.param({"Action": unknown("Given")}, OPEN, id="unknown-action"),
        pytest.param({"Action": f"ec2:{unknown('Given')}"}, OPEN, id="partly-unknown-action"),
        pytest.param({"Action": f"s3:{unknown('Given')}"}, NO, id="other-service-in-any-case"),
        pytest.param({"Action": {"Fn::Transform": {}}}, OPEN, id="no-text"),
        pytest.param({"Action": None, "NotAction": "s3:*"}, YES, id="not-action"),
        pytest.param({"Action": None, "NotAction": ["s3:*", "ec2:*"]}, NO, id="not-any-action"),
        pytest.param({"Action": None, "NotAction": unknown("G")}, OPEN, id="not-unknown-action"),
        pytest.param({"NotAction": "s3:*"}, OPEN, id="action-and-not-action"),
        pytest.param({"Action": None}, OPEN, id="neither-action-nor-not-action"),
        pytest.param({"Resource": "arn:aws:ec2:*::image/*"}, YES, id="empty-account"),
        pytest.param({"Resource": "arn:aws:ec2:*:1:image/*"}, NO, id="other-account"),
        pytest.param({"Resource": "ARN:aws:ec2:*::image/*"}, NO, id="arns-have-case"),
        pytest.param({"Resource": "arn:aws:ec2:*"}, YES, id="a-star-goes-on-after-colons"),
        pytest.param({"Resource": None, "NotResource": "arn:aws:s3:::*"}, YES, id="not-resource"),
        pytest.param({"Resource": None, "NotResource": IMAGE}, NO, id="not-this-resource"),
        pytest.param({"Resource": f"arn:aws:ec2:{SOMEWHERE}::image/*"}, OPEN, id="region"),
        pytest.param({"Resource": f"arn:aws:s3:{SOMEWHERE}::image/*"}, NO, id="in-no-region"),
        pytest.param({"Resource": f"arn:aws:ec2:*{SOMEWHERE}*"}, OPEN, id="stars-and-unknown"),
        pytest.param({"Effect": "Deny"}, NO, id="deny"),
        pytest.param({"Effect": unknown("Given")}, OPEN, id="unknown-effect"),
        pytest.param({"Effect": unknown("Given"), "Action": "s3:*"}, NO, id="whatever-effect"),
        pytest.param({"Principal": "*"}, OPEN, id="principal-of-an-identity-policy"),
        pytest.param({"Conditions": {}}, OPEN, id="element-that-iam-does-not-have"),
        pytest.param({"Conditions": {}, "Action": "s3:*"}, NO, id="it-cannot-matter"),
        pytest.param({"Condition": unknown("Given")}, OPEN, id="unknown-condition"),
    ],
)
def test_a_statement(elements: dict[str, Any], answer: Answer) -> None:
    assert decide([_document(**elements)], "ec2:RunInstances", IMAGE) is answer


@pytest.mark.parametrize(
    ("pattern", "text", "answer"),
    [
        ("arn:aws:a:*", f"arn:aws:a:{SOMEWHERE}:b", YES),
        (f"arn:aws:a:{SOMEWHERE}:b", f"arn:aws:a:{SOMEWHERE}:b", YES),
        (f"arn:aws:a:{SOMEWHERE}:*", f"arn:aws:a:{SOMEWHERE}:b", YES),
        (f"arn:aws:a:{SOMEWHERE}:b", f"arn:aws:a:{unknown('Other')}:b", OPEN),
        (f"arn:aws:a:{SOMEWHERE}:b", f"arn:aws:a:{unknown('Other')}:c", NO),
        ("arn:aws:a:us-*:b", f"arn:aws:a:{SOMEWHERE}:b", OPEN),
        ("arn:aws:a:?:b", f"arn:aws:a:{SOMEWHERE}:b", OPEN),
        ("arn:aws:a:us:b", f"arn:aws:a:{SOMEWHERE}", OPEN),
        ("arn:aws:b:us:b", f"arn:aws:a:{SOMEWHERE}", NO),
        ("b:*", unknown("Given"), OPEN),
        ("*", unknown("Given"), YES),
        ("arn:aws:a:*:b/*", f"arn:aws:a:us:c/{unknown('Id')}", OPEN),
        ("arn:aws:a:*:b/*", f"arn:aws:a:us:c/{unknown('Id', colons=False)}", NO),
        ("arn:aws:a:*:c/b*", f"arn:aws:a:us:c/{unknown('Id', colons=False)}", OPEN),
        (f"arn:aws:a:{SOMEWHERE}:c/*", "arn:aws:a:us:b:c/1", OPEN),
        (f"arn:aws:a:{unknown('AWS::Region')}:c/*", "arn:aws:a:us:b:c/1", NO),
        ("*" * 300 + "b", "a" * 300, NO),
        ("*a" + "?" * 3000, "a" * 3000, OPEN),  # too long to compare
    ],
)
def test_unknown_parts_on_both_sides(pattern: str, text: str, answer: Answer) -> None:
    assert decide([_document(Resource=pattern)], "ec2:RunInstances", text) is answer


STATEMENTS = [_document(Action="s3:*")["Statement"], _document()["Statement"]]
DENIAL = _document("Deny", Action="ec2:Run*")["Statement"]


@pytest.mark.parametrize(
    ("documents", "boundaries", "answer"),
    [
        ([], [], NO),
        ([_document(), _document("Deny", Action="ec2:RunInstances")], [], NO),
        ([_document(), _document("Deny", Action="ec2:StopInstances")], [], YES),
        ([_document(), _document("Deny", Action=unknown("Given"))], [], OPEN),
        ([_document(), _document(Action=unknown("Given"))], [], YES),
        ([_document(Action="s3:*"), _document("Deny", Action=unknown("Given"))], [], NO),
        ([_document()], [_document()], YES),
        ([_document()], [_document(Action="s3:*")], NO),
        ([_document()], [_document(), _document(Action="s3:*")], NO),
        ([_document(Action="s3:*")], [_document()], NO),
        ([_document()], [{"Statement": [*STATEMENTS, DENIAL]}], NO),
        ([_document()], [{"Statement": STATEMENTS}], YES),
        ([_document()], [_document(Action=unknown("Given"))], OPEN),
        ([_document()], [{"Statement": unknown("Given")}], OPEN),
    ],
)
def test_several_documents_and_boundaries(
    documents: list[Any], boundaries: list[Any], answer: Answer
) -> None:
    assert decide(documents, "ec2:RunInstances", IMAGE, boundaries=boundaries) is answer


K = "a:k"
ARN = "arn:aws:sns:us-east-1:1:topic"
IP = "203.0.113.7"


@pytest.mark.parametrize(
    ("operator", "wanted", "given", "answer"),
    [
        ("StringEquals", ["x", "y"], "y", YES),
        ("StringEquals", "x", "X", NO),
        ("StringEquals", "x*", "xy", NO),
        ("StringEquals", "x", [], NO),
        ("StringEquals", "x", None, OPEN),
        ("StringEquals", unknown("Given"), "x", OPEN),
        ("StringEquals", f"x{unknown('Given')}", "y", NO),
        ("StringEquals", "x", ["x", "y"], OPEN),
        ("StringEquals", 7, "7", YES),
        ("StringNotEquals", ["x", "y"], "y", NO),
        ("StringNotEquals", ["x", "y"], "z", YES),
        ("StringNotEquals", "x", [], YES),
        ("StringNotEquals", "x", None, OPEN),
        ("StringEqualsIgnoreCase", "x", "X", YES),
        ("StringNotEqualsIgnoreCase", "x", "X", NO),
        ("StringLike", "x.*.z", "x.y.z", YES),
        ("StringLike", "x.*.z", "x.y.zz", NO),
        ("StringNotLike", "x.*.z", "x.y.z", NO),
        ("ArnEquals", "arn:aws:sns:*:1:t*", ARN, YES),
        ("ArnLike", "arn:aws:sns:*:1:t*", ARN, YES),
        ("ArnLike", "arn:aws:sns:*:t*", ARN, OPEN),  # no ARN, and not documented
        ("ArnLike", "arn:*:*:*:us-east-1:*", "arn:aws:sns:x:y:us-east-1:1:topic", NO),
        ("ArnLike", f"arn:aws:sns:{SOMEWHERE}:1:topic", ARN, OPEN),
        ("ArnLike", f"arn:aws:sqs:{SOMEWHERE}:1:topic", ARN, NO),
        ("ArnLike", f"arn:aws:sns:{SOMEWHERE}:1:t*", f"arn:aws:sns:{SOMEWHERE}:1:topic", YES),
        ("ArnLike", f"arn:aws:sns:{unknown('Both')}:topic:x", f"{ARN}:x", OPEN),  # us-east-1:1
        ("ArnNotLike", "arn:aws:sns:*:1:t*", ARN, NO),
        ("ArnNotEquals", "arn:aws:sns:*:1:t*", [], YES),
        ("NumericEquals", "10", "10.0", YES),
        ("NumericNotEquals", "10", "10.0", NO),
        ("NumericLessThan", "10", "9", YES),
        ("NumericLessThan", "10", "10", NO),
        ("NumericLessThanEquals", 10, "10", YES),
        ("NumericGreaterThan", "9", "10", YES),
        ("NumericGreaterThanEquals", "9", "8", NO),
        ("NumericGreaterThanEquals", "9", "9", YES),
        ("NumericEquals", "10", "ten", OPEN),
        ("NumericEquals", unknown("Given"), "10", OPEN),
        ("DateLessThan", "2026-01-01", "2025-12-31T23:59:59Z", YES),
        ("DateLessThan", "2026-01-01T00:00:00Z", "2026-01-01", NO),
        ("DateGreaterThan", "1767225600", "2026-01-01T00:00:01Z", YES),  # the first of 2026
        ("DateEquals", "1767225600", "2026-01-01", YES),
        ("DateNotEquals", "1767225600", "2026-01-01", NO),
        ("DateEquals", "tomorrow", "2026-01-01", OPEN),
        ("Bool", True, "true", YES),
        ("Bool", "True", "true", YES),
        ("Bool", "false", [], NO),
        ("IpAddress", "203.0.113.0/24", IP, YES),
        ("IpAddress", "198.51.100.0/24", IP, NO),
        ("IpAddress", "2001:db8::/32", IP, NO),
        ("NotIpAddress", "203.0.113.0/24", IP, NO),
        ("Null", "true", [], YES),
        ("Null", "true", "x", NO),
        ("Null", False, "x", YES),
        ("Null", "false", [], NO),
        ("Null", "true", None, OPEN),
        ("StringEqualsIfExists", "x", [], YES),
        ("StringEqualsIfExists", "x", "y", NO),
        ("StringEqualsIfExists", "x", None, OPEN),
        ("NumericLessThanIfExists", "10", "11", NO),
        ("ForAnyValue:StringEqualsIfExists", "x", [], YES),
        ("ForAllValues:StringEquals", ["x", "y"], ["x", "y"], YES),
        ("ForAllValues:StringEquals", "x", ["x", "y"], NO),
        ("ForAllValues:StringEquals", "x", [], YES),
        ("ForAllValues:StringNotEquals", "x", ["x", "y"], NO),
        ("ForAnyValue:StringEquals", "x", ["x", "y"], YES),
        ("ForAnyValue:StringEquals", "x", [], NO),
        ("ForAnyValue:StringNotEquals", "x", ["x", "y"], YES),
        ("ForAnyValue:StringNotEquals", "x", [], NO),
        ("ForAnyValue:StringLike", "x*", [unknown("Given"), "y"], OPEN),
        ("BinaryEquals", "eA==", "eA==", OPEN),
        ("ForSomeValues:StringEquals", "x", "x", OPEN),
    ],
)
def test_a_condition(
    operator: str, wanted: Any, given: str | list[str] | None, answer: Answer
) -> None:
    documents = [_document(Condition={operator: {"A:k": wanted}})]
    context = {} if given is None else {K: given}
    assert decide(documents, "ec2:RunInstances", IMAGE, context) is answer


@pytest.mark.parametrize(
    ("condition", "answer"),
    [
        ({"StringEquals": {"a:k": "x", "a:l": "y"}}, YES),
        ({"StringEquals": {"a:k": "x", "a:l": "z"}}, NO),
        ({"StringEquals": {"a:k": "x"}, "Null": {"a:l": "true"}}, NO),
        ({"StringEquals": {"a:k": "x", "a:m": "y"}}, OPEN),
        ({"StringEquals": {"a:k": "y", "a:m": "y"}}, NO),
    ],
)
def test_all_conditions_must_hold(condition: Any, answer: Answer) -> None:
    documents = [_document(Condition=condition)]
    assert decide(documents, "ec2:RunInstances", IMAGE, {"a:k": "x", "a:l": "y"}) is answer


@pytest.mark.parametrize(
    ("version", "wanted", "given", "answer"),
    [
        ("2012-10-17", "${a:l}", {"a:l": "x*"}, YES),
        ("2012-10-17", "${A:L}", {"a:l": "x"}, NO),
        ("2012-10-17", "${a:l}", {"a:l": []}, NO),
        ("2012-10-17", "${a:l}", {}, OPEN),
        ("2012-10-17", "y${a:l}", {}, NO),
        ("2012-10-17", "${a:l, 'x*'}", {"a:l": []}, YES),
        ("2012-10-17", "x${*}", {}, YES),
        ("2012-10-17", "?${*}", {}, YES),
        ("2008-10-17", "${a:l}", {"a:l": "x*"}, NO),
        (None, "${a:l}", {"a:l": "x*"}, NO),
    ],
)
def test_variables(version: str | None, wanted: str, given: Context, answer: Answer) -> None:
    documents = [{**_document(Condition={"StringLike": {K: wanted}}), "Version": version}]
    assert decide(documents, "ec2:RunInstances", IMAGE, {K: "x*", **given}) is answer


@pytest.mark.parametrize(
    ("elements", "answer"),
    [
        ({"Principal": "*"}, YES),
        ({"Principal": {"AWS": "*"}}, YES),
        ({"Principal": {"AWS": ROLE}}, YES),
        ({"Principal": {"AWS": [f"{ROLE}2", ROLE]}}, YES),
        ({"Principal": {"AWS": f"{ROLE[:-1]}*"}}, NO),
        ({"Principal": {"AWS": "111111111111"}}, YES),
        ({"Principal": {"AWS": "arn:aws:iam::111111111111:root"}}, YES),
        ({"Principal": {"AWS": "arn:aws:iam::222222222222:root"}}, NO),
        ({"Principal": {"AWS": f"arn:aws:iam::{unknown('AWS::AccountId')}:root"}}, OPEN),
        ({"Principal": {"Service": "*"}}, NO),
        ({"Principal": {"Service": "ec2.amazonaws.com", "AWS": ROLE}}, YES),
        ({"Principal": {"AWS": unknown("Given")}}, OPEN),
        ({"Principal": unknown("Given")}, OPEN),
        ({"Principal": "x"}, NO),
        ({"NotPrincipal": {"AWS": ROLE}}, NO),
        ({"NotPrincipal": {"AWS": f"{ROLE}2"}}, YES),
        ({}, OPEN),
        ({"Principal": "*", "Resource": None}, YES),  # a trust policy
    ],
)
def test_principals_of_resource_policies(elements: dict[str, Any], answer: Answer) -> None:
    documents = [_document(**elements)]
    assert decide(documents, "ec2:RunInstances", IMAGE, principal={"AWS": ROLE}) is answer


def test_an_unknown_account_is_the_same_one_everywhere() -> None:
    account = f"arn:aws:iam::{unknown('AWS::AccountId', colons=False)}"
    documents = [_document(Principal={"AWS": f"{account}:root"})]
    asks = {"AWS": f"{account}:role/r"}
    assert decide(documents, "ec2:RunInstances", IMAGE, principal=asks) is YES


@pytest.mark.parametrize(
    ("principal", "answer"),
    [
        ("*", YES),
        ({"AWS": "*"}, YES),
        ({"Service": "backup.amazonaws.com"}, YES),
        ({"Service": "*"}, YES),
        ({"Service": "events.amazonaws.com"}, NO),
        ({"AWS": ROLE}, NO),
        ({"Service": f"backup.{unknown('AWS::URLSuffix')}"}, OPEN),
        ({"Service": f"events.{unknown('AWS::URLSuffix')}"}, NO),
    ],
)
def test_services_as_principals(principal: Any, answer: Answer) -> None:
    service = {"Service": "backup.amazonaws.com"}
    documents = [_document(Principal=principal)]
    assert decide(documents, "ec2:RunInstances", IMAGE, principal=service) is answer


def test_strictly_a_request_lacks_what_the_context_does_not_say() -> None:
    documents = [_document(Condition={"StringNotEquals": {K: "x"}})]
    assert allows(documents, "ec2:RunInstances", IMAGE)
    assert not allows(documents, "ec2:RunInstances", IMAGE, {K: "x"})
    assert not allows(documents, "ec2:RunInstances", IMAGE, boundaries=[_document(Action="s3:*")])


@pytest.mark.parametrize(
    ("elements", "told"),
    [
        ({"Conditions": {}}, r"\['Conditions'\] in a statement"),
        ({"Condition": {"BinaryEquals": {K: "1"}}}, "operator 'BinaryEquals'"),
        ({"Condition": {"StringEquals": {K: "1"}}}, "compares the 2 values of 'a:k'"),
        ({"Action": unknown("Given")}, "a part of a text"),
    ],
)
def test_strictly_it_refuses_what_it_does_not_know(elements: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=f"the evaluator does not know .*{told}"):
        allows([_document(**elements)], "ec2:RunInstances", "*", {K: ["1", "2"]})


def test_strictly_it_refuses_only_where_it_matters() -> None:
    refused = _document(Condition={"BinaryEquals": {K: "1"}})
    assert allows([refused, _document()], "ec2:RunInstances", "*")
    assert not allows([refused], "s3:GetObject", "*")
    elsewhere = _document(Action="s3:*", Condition={"Elsewhere": {K: "1"}})
    with pytest.raises(ValueError, match=r"know the condition operator 'BinaryEquals'\Z"):
        allows([elsewhere, refused], "ec2:RunInstances", "*", {K: "1"})
