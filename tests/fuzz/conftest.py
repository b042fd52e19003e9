"""How many examples, and which: the same in every run of `make test`, others in `make fuzz`."""

from hypothesis import HealthCheck, settings
from hypothesis.configuration import set_hypothesis_home_dir

from generator.paths import ROOT

set_hypothesis_home_dir(ROOT / ".pytest_cache" / "hypothesis")  # which `make clean` removes
# No deadline: other programs run beside the tests. No database: the seed brings a failure back.
COMMON = settings(deadline=None, database=None, suppress_health_check=list(HealthCheck))
settings.register_profile("fixed", COMMON, derandomize=True)
settings.register_profile("seeded", COMMON, derandomize=False)
settings.load_profile("fixed")
