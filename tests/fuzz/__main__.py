"""`make fuzz`: the tests of this folder with one random seed after the other, for some time."""

import argparse
import random
import sys
import time

import pytest


def main() -> None:
    """Run until the time is over or a test fails; say which seed brings the failure back."""
    parser = argparse.ArgumentParser(prog="make fuzz", usage="make fuzz [SECONDS=n] [SEED=n]")
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    arguments = parser.parse_args()
    end = time.monotonic() + arguments.seconds
    seed = arguments.seed
    while True:
        print(f"seed {seed}", flush=True)
        options = ["--hypothesis-profile=seeded", f"--hypothesis-seed={seed}"]
        if status := pytest.main(["tests/fuzz", "-q", *options]):
            sys.exit(f"failed; to run it again: make fuzz SECONDS=0 SEED={seed} (status {status})")
        if time.monotonic() >= end:
            break
        seed += 1
    print(f"no failure with the seeds {arguments.seed} to {seed}")


if __name__ == "__main__":
    main()
