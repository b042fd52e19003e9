"""The regions in .cfnlintrc, for `cfn-lint` by hand: those that every template is for."""

import re
from collections.abc import Mapping
from typing import Any

from generator.lint import regions
from generator.paths import ROOT

PATH = ROOT / ".cfnlintrc"


def configuration(templates: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the text of PATH with the regions of these templates, each as ``to_dict()`` gives it.

    cfn-lint takes one list for all the templates that it is given.
    """
    types = {
        resource["Type"]
        for template in templates.values()
        for resource in template["Resources"].values()
    }
    listed = "".join(f"  - {region}\n" for region in regions(types))
    before = PATH.read_text(encoding="utf-8")
    return re.sub(r"(?m)^(regions:.*\n)(?:  - .*\n)*", rf"\g<1>{listed}", before)
