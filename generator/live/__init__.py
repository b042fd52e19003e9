"""The live check: would tonight's backup of a stack run, and could we restore.

Expected is what the deployed template protects, live is what AWS answers; both are the model of
``generator.protection``. Nothing here writes.
"""

from generator import protection  # noqa: F401 - it makes _backup importable
