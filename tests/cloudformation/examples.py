"""What CloudFormation documents of its functions, as a table: node -> value.

One table for every evaluator of the project: that of generator.cloudformation, what it says of
possible values, and that of the rules, which have to do without the rest of the project.
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
"""

from typing import Any

from generator.cloudformation.read import Template

NO_VALUE = {"Ref": "AWS::NoValue"}
VAULT, REGION = {"Ref": "Vault"}, {"Ref": "AWS::Region"}


def equals(name: str, value: Any) -> dict[str, Any]:
    return {"Fn::Equals": [{"Ref": name}, value]}


def choose(condition: str, then: Any = "yes", otherwise: Any = "no") -> dict[str, Any]:
    return {"Fn::If": [condition, then, otherwise]}


DOCUMENT: dict[str, Any] = {
    "Parameters": {
        "Name": {"Type": "String", "Default": "soca"},
        "Count": {"Type": "Number", "Default": 3},
        "Flag": {"Type": "String", "Default": True, "AllowedValues": [True, False]},
        "Zones": {"Type": "CommaDelimitedList", "Default": "a, b"},
        "NoZones": {"Type": "CommaDelimitedList", "Default": ""},
        "Image": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/aws/ami"},
    },
    "Mappings": {"Days": {"long": {"keep": 365, "list": ["x", "y"]}, "soca": {"keep": 30}}},
    "Conditions": {
        "Given": {"Fn::Not": [equals("Name", "")]},
        "Three": equals("Count", "3"),
        "ThreeAsANumber": equals("Count", 3),
        "Four": equals("Count", "4"),
        "ThreePointZero": equals("Count", "3.0"),
        "OtherCase": equals("Name", "Soca"),
        "Flagged": equals("Flag", "true"),
        "FlaggedAsATruthValue": equals("Flag", True),
        "Both": {"Fn::And": [{"Condition": "Given"}, {"Condition": "Three"}]},
        "BothOfThree": {"Fn::And": [{"Condition": "Both"}, {"Condition": "Four"}]},
        "Either": {"Fn::Or": [{"Condition": "Four"}, {"Condition": "Three"}]},
        "Neither": {"Fn::Not": [{"Condition": "Either"}]},
        "NoList": {"Fn::Equals": [{"Fn::Join": ["", {"Ref": "NoZones"}]}, ""]},
        "List": {"Fn::Equals": [{"Fn::Join": ["", {"Ref": "Zones"}]}, ""]},
        "Mapped": {"Fn::Equals": [{"Fn::FindInMap": ["Days", {"Ref": "Name"}, "keep"]}, "30"]},
    },
    "Resources": {"Vault": {"Type": "AWS::Backup::BackupVault"}},
}
TEMPLATE = Template("examples", DOCUMENT)
VALUES = {name: each["Default"] for name, each in DOCUMENT["Parameters"].items()}

# Values that the text and the parameters decide.
KNOWN: dict[str, tuple[Any, Any]] = {
    "a number is text": (30, "30"),
    "a fraction is text": (1.5, "1.5"),
    "truth values are text": ({"A": True, "B": False}, {"A": "true", "B": "false"}),
    "Ref": ({"Ref": "Name"}, "soca"),
    "Ref of a number": ({"Ref": "Count"}, "3"),
    "Ref of a truth value": ({"Ref": "Flag"}, "true"),
    "Ref of a list: members are trimmed": ({"Ref": "Zones"}, ["a", "b"]),
    "Ref of an empty list: one empty member": ({"Ref": "NoZones"}, [""]),
    "Sub": ({"Fn::Sub": "a-${Name}-${Count}"}, "a-soca-3"),
    "Sub with blanks in the braces": ({"Fn::Sub": "${ Name }"}, "soca"),
    "Sub with its own variable": ({"Fn::Sub": ["${A}/${Name}", {"A": {"Ref": "Count"}}]}, "3/soca"),
    "Sub with a variable that hides a parameter": ({"Fn::Sub": ["${Name}", {"Name": "x"}]}, "x"),
    "Sub with a literal": ({"Fn::Sub": "${!Name} of ${Name}"}, "${Name} of soca"),
    "Sub with empty braces": ({"Fn::Sub": "${} of ${Name}"}, "${} of soca"),
    "Sub with a dollar sign": ({"Fn::Sub": "$Name costs 5$"}, "$Name costs 5$"),
    "Join": ({"Fn::Join": ["-", ["a", {"Ref": "Name"}, 1]]}, "a-soca-1"),
    "Join of a list": ({"Fn::Join": [",", {"Ref": "Zones"}]}, "a,b"),
    "Join of an empty list": ({"Fn::Join": [",", {"Ref": "NoZones"}]}, ""),
    "Join without a separator": ({"Fn::Join": ["", ["a", "b"]]}, "ab"),
    "Join within Join": ({"Fn::Join": ["-", ["x", {"Fn::Join": ["", ["y", "z"]]}]]}, "x-yz"),
    "Join leaves out NoValue": (
        {"Fn::Join": ["-", ["a", NO_VALUE, choose("Four", "b", NO_VALUE)]]},
        "a",
    ),
    "Select": ({"Fn::Select": ["1", {"Ref": "Zones"}]}, "b"),
    "Select of what Split gives": ({"Fn::Select": [0, {"Fn::Split": [":", "a:b"]}]}, "a"),
    "Split": ({"Fn::Split": ["-", "a-b-"]}, ["a", "b", ""]),
    "Split without the separator": ({"Fn::Split": ["|", "a"]}, ["a"]),
    "FindInMap": ({"Fn::FindInMap": ["Days", "long", "keep"]}, "365"),
    "FindInMap of a list": ({"Fn::FindInMap": ["Days", "long", "list"]}, ["x", "y"]),
    "FindInMap by a parameter": ({"Fn::FindInMap": ["Days", {"Ref": "Name"}, "keep"]}, "30"),
    "FindInMap with a default it does not need": (
        {"Fn::FindInMap": ["Days", "long", "keep", {"DefaultValue": 1}]},
        "365",
    ),
    "FindInMap with a default for a row": (
        {"Fn::FindInMap": ["Days", "short", "keep", {"DefaultValue": {"Ref": "Count"}}]},
        "3",
    ),
    "FindInMap with a default for a column": (
        {"Fn::FindInMap": ["Days", "long", "cold", {"DefaultValue": 1}]},
        "1",
    ),
    "FindInMap with a default for a mapping": (
        {"Fn::FindInMap": ["Hours", "long", "cold", {"DefaultValue": 1}]},
        "1",
    ),
    "If": (choose("Given"), "yes"),
    "If, nested": (choose("Four", "a", choose("Given", choose("Flagged", "b", "c"), "d")), "b"),
    "If that chooses a list": (choose("Given", ["a", NO_VALUE], "b"), ["a"]),
    "Equals of a number's parameter and a number": (choose("ThreeAsANumber"), "yes"),
    "Equals compares text, not numbers": (choose("ThreePointZero"), "no"),
    "Equals counts upper and lower case": (choose("OtherCase"), "no"),
    "Equals of a truth value and text": (choose("Flagged"), "yes"),
    "Equals of a truth value and a truth value": (choose("FlaggedAsATruthValue"), "yes"),
    "And": (choose("Both"), "yes"),
    "And of conditions that refer to others": (choose("BothOfThree"), "no"),
    "Or": (choose("Either"), "yes"),
    "Not of a condition": (choose("Neither"), "no"),
    "a condition on an empty list": (choose("NoList"), "yes"),
    "a condition on a list": (choose("List"), "no"),
    "a condition on a mapping": (choose("Mapped"), "yes"),
    "NoValue in a map": ({"A": NO_VALUE, "B": {"C": choose("Given", NO_VALUE, 1)}}, {"B": {}}),
    "NoValue in a list": ([1, NO_VALUE, choose("Four", 2, NO_VALUE), 3], ["1", "3"]),
    "a map that only looks like a condition": (
        {"Condition": {"StringEquals": {"a": "b"}}},
        {"Condition": {"StringEquals": {"a": "b"}}},
    ),
}

# Values that wait for something, in one form.
OPEN: dict[str, tuple[Any, Any]] = {
    "Ref of a resource": (VAULT, VAULT),
    "Ref of a parameter that names its value": ({"Ref": "Image"}, {"Fn::SSM": "/aws/ami"}),
    "GetAtt, short": ({"Fn::GetAtt": "Vault.Arn"}, {"Fn::GetAtt": ["Vault", "Arn"]}),
    "GetAtt of a nested stack": (
        {"Fn::GetAtt": "Stack.Outputs.Arn"},
        {"Fn::GetAtt": ["Stack", "Outputs.Arn"]},
    ),
    "GetAtt with a computed name": (
        {"Fn::GetAtt": ["Stack", {"Fn::Sub": "Outputs.${Name}"}]},
        {"Fn::GetAtt": ["Stack", "Outputs.soca"]},
    ),
    "Sub": (
        {"Fn::Sub": "arn:${AWS::Region}:${Vault.Arn}"},
        {"Fn::Join": ["", ["arn:", REGION, ":", {"Fn::GetAtt": ["Vault", "Arn"]}]]},
    ),
    "Sub with its own variable": (
        {"Fn::Sub": ["${A}/${Name}", {"A": VAULT}]},
        {"Fn::Join": ["", [VAULT, "/soca"]]},
    ),
    "Sub of one thing": ({"Fn::Sub": "${Vault}"}, VAULT),
    "Join within Join": (
        {"Fn::Join": ["-", ["x", {"Fn::Join": ["", ["y", VAULT]]}, "z"]]},
        {"Fn::Join": ["", ["x-y", VAULT, "-z"]]},
    ),
    "Join of a list": ({"Fn::Join": [",", {"Ref": "Nets"}]}, {"Fn::Join": [",", {"Ref": "Nets"}]}),
    "Split": ({"Fn::Split": ["-", VAULT]}, {"Fn::Split": ["-", VAULT]}),
    "Select": (
        {"Fn::Select": [0, {"Fn::GetAZs": ""}]},
        {"Fn::Select": ["0", {"Fn::GetAZs": ""}]},
    ),
    "FindInMap": (
        {"Fn::FindInMap": ["Days", REGION, "keep"]},
        {"Fn::FindInMap": ["Days", REGION, "keep"]},
    ),
    "a function that is not looked into, of no value": (
        {"Fn::Base64": choose("Given", NO_VALUE, "a")},
        {"Fn::Base64": NO_VALUE},
    ),
    "a function that is not looked into": (
        {"Fn::ImportValue": {"Fn::Sub": "${Name}-vault"}},
        {"Fn::ImportValue": "soca-vault"},
    ),
}

# Look-ups of what is not there, and what is lacking.
LACKING: dict[str, tuple[Any, str]] = {
    "Select out of range": (
        {"Fn::Select": [2, {"Ref": "Zones"}]},
        "the list has no item 2, it has 2 (the first is item 0)",
    ),
    "Select before the first": (
        {"Fn::Select": [-1, ["a"]]},
        "the list has no item -1, it has 1 (the first is item 0)",
    ),
    "FindInMap of a row that is not there": (
        {"Fn::FindInMap": ["Days", "short", "keep"]},
        "Mappings.Days has no 'short'",
    ),
    "FindInMap of a column that is not there": (
        {"Fn::FindInMap": ["Days", {"Ref": "Name"}, "cold"]},
        "Mappings.Days.soca has no 'cold'",
    ),
    "FindInMap of a mapping that is not there": (
        {"Fn::FindInMap": ["Hours", "long", "keep"]},
        "Mappings has no 'Hours'",
    ),
    "FindInMap in a text": (
        {"Fn::Sub": ["a-${A}-${Vault}", {"A": {"Fn::FindInMap": ["Days", "short", "keep"]}}]},
        "Mappings.Days has no 'short'",
    ),
}

# What no template can ask for, and a word of the sentence that says so.
REFUSED: dict[str, tuple[Any, str]] = {
    "Select by a word": ({"Fn::Select": ["one", ["a"]]}, "Fn::Select does not accept"),
    "Sub of a list": ({"Fn::Sub": "${Zones}"}, "Fn::Sub does not accept"),
    "Sub of NoValue": ({"Fn::Sub": ["${A}", {"A": NO_VALUE}]}, "Fn::Sub does not accept"),
    "Sub of a number": ({"Fn::Sub": 3}, "Fn::Sub does not accept"),
    "Join of text": ({"Fn::Join": ["-", "abc"]}, "Fn::Join does not accept"),
    "Join of a map": ({"Fn::Join": ["-", [{"a": 1}]]}, "Fn::Join does not accept"),
    "If with two arguments": ({"Fn::If": ["Given", "yes"]}, "Fn::If does not accept"),
    "If by a condition that is not there": (choose("Nobody"), "condition 'Nobody' is not in"),
    "GetAtt of no value": ({"Fn::GetAtt": ["Vault", NO_VALUE]}, "Fn::GetAtt does not accept"),
    "GetAtt of a resource": ({"Fn::GetAtt": "Vault"}, "Fn::GetAtt does not accept"),
}

# Conditions that no template can have.
NO_CONDITIONS: dict[str, tuple[Any, str]] = {
    "a cycle": ({"Condition": "It"}, "'It' refers to itself"),
    "a longer cycle": (
        {"Fn::Not": [{"Fn::And": [{"Condition": "It"}, equals("Name", "x")]}]},
        "itself",
    ),
    "a parameter": ({"Ref": "Name"}, "is not a condition"),
    "text": ("true", "is not a condition"),
    "a cycle by If": (equals("Name", choose("It")), "'It' refers to itself"),
    "Not of two": ({"Fn::Not": [equals("Name", "x"), equals("Name", "y")]}, "is not a condition"),
    "Equals of one": ({"Fn::Equals": ["x"]}, "is not a condition"),
}


def laughs(depth: int, holes: int, inner: Any) -> Any:
    """Return a text in which each variable stands often, and has such a text as its value.

    https://en.wikipedia.org/wiki/Billion_laughs_attack
    """
    for _ in range(depth):
        inner = {"Fn::Sub": ["${x}" * holes, {"x": inner}]}
    return inner
