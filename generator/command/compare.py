"""The verb `compare`: what an update does to a live stack, and to its parent."""

import argparse

from generator import VERSION
from generator.command import FINDING, FINE, SOURCE, USAGE
from generator.command.printing import say, write
from generator.stacks import MAIN, TEMPLATES

HERE = "this checkout"


def compare(arguments: argparse.Namespace) -> int:
    """Print what an update from one template to another does to a live stack, and to its parent.

    OLD and NEW are templates, in YAML or JSON. What is protected less comes first. The verdict is
    none, patch, minor or major; see CONTRIBUTING.md.

    If OLD is a manifest of a release (Backup.manifest.json), each template of that release is
    compared with the one of the same name in this checkout, or in the release of the manifest NEW.
    A template that is new is minor, and one that is gone is major.

    The exit code is 1 if a stack would be protected less, unless accepted-losses.json accepts it
    for this checkout; if something stateful would be replaced or removed; if NEW looks up what its
    Mappings do not have; if NEW states a lower version than the verdict needs; or if an entry of
    accepted-losses.json matches nothing. It is 2 if OLD or NEW is not a template.

    --json prints one document: schema; old and new, each with source and version; verdict;
    needed_version; ok; failures; protection_losses, each with sentence, where (the parameters for
    which it happens), is_example (whether it happens for others too), text and accepted (why, or
    null); changes, each with about, name, type, change, level, danger, text, where and values (what
    differs, whole: path, old, new). Of two releases, it has in place of the last two templates:
    each with name, status (compared, new or gone), verdict, protection_losses and changes. With
    exit code 2, it is schema and error.
    """
    from generator.cloudformation.errors import UnreadableError
    from generator.compare import report
    from generator.release.released import is_manifest

    if wrong := _wrong_usage(arguments):
        say(wrong)
        return USAGE
    try:
        if is_manifest(arguments.old):
            text, failures = _compared_releases(arguments)
        else:
            text, failures = _compared_templates(arguments)
    except UnreadableError as error:
        if arguments.json:
            write(report.error_as_json(str(error)))
        say(str(error))
        return USAGE
    write(text)
    return FINDING if failures else FINE


def _wrong_usage(arguments: argparse.Namespace) -> str | None:
    """Return what is wrong with the words together, if anything is."""
    from generator.cloudformation.fetch import label
    from generator.release.released import is_manifest

    old, new = arguments.old, arguments.new
    if arguments.template and (new is not None or is_manifest(old)):
        return (
            f"--template {arguments.template} is for one template OLD alone: leave out --template, "
            "or give one template and no NEW"
        )
    if new is not None and is_manifest(new) != is_manifest(old):
        other, manifest = sorted((old, new), key=is_manifest)
        return (
            f"{label(manifest)} is the manifest of a release, and {label(other) or repr(other)} is "
            "none: give two manifests, or two templates"
        )
    return None


def _compared_templates(arguments: argparse.Namespace) -> tuple[str, list[str]]:
    from generator import templates_folder
    from generator.cloudformation.read import parse, read
    from generator.compare import report
    from generator.compare.accepted_losses import accepted_losses
    from generator.compare.comparison import compare

    accepted = None
    old = read(arguments.old)
    if arguments.new is not None:
        new = read(arguments.new)
    else:
        name = arguments.template or templates_folder.counterpart(old.name)
        new = parse(HERE, templates_folder.generate()[name])
        accepted = [loss for loss in accepted_losses(VERSION) if loss.template == name]
    compared = compare(old, new, accepted)
    text = (report.as_json if arguments.json else report.as_text)(compared)
    return text, compared.failures


def _compared_releases(arguments: argparse.Namespace) -> tuple[str, list[str]]:
    from generator import templates_folder
    from generator.cloudformation.fetch import label
    from generator.cloudformation.read import parse
    from generator.compare import report
    from generator.compare.accepted_losses import accepted_losses
    from generator.compare.releases import Release, compare_releases
    from generator.release.released import templates_of

    accepted = None
    old = Release(label(arguments.old), templates_of(arguments.old))
    if arguments.new is not None:
        new = Release(label(arguments.new), templates_of(arguments.new))
    else:
        texts = templates_folder.generate()
        new = Release(HERE, {name: parse(HERE, texts[name]) for name in TEMPLATES})
        accepted = accepted_losses(VERSION)
    compared = compare_releases(old, new, accepted)
    text = (report.release_as_json if arguments.json else report.release_as_text)(compared)
    return text, compared.failures


def add_options(verb: argparse.ArgumentParser) -> None:
    """Add what `compare` takes."""
    add = verb.add_argument
    add("old", metavar="OLD", help=SOURCE)
    add("new", metavar="NEW", nargs="?", help=f"{SOURCE} (default: this checkout)")
    add("--json", action="store_true", help="print one JSON document")
    text = (
        "the template of this checkout to compare with (default: the one with the file "
        f"name of OLD, or else {MAIN})"
    )
    add("--template", metavar="NAME", choices=TEMPLATES, help=text)
