"""What a template protects: the model, what follows from it, and how people read it."""

import sys
from pathlib import Path

# The rules import _backup as a top-level package, because cfn-lint loads each rule as a module.
sys.path.extend({str(Path(__file__).parents[1] / "rules")} - {*sys.path})
