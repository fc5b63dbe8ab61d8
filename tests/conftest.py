"""What all tests share."""

import os

from hypothesis import HealthCheck, settings

# A busy machine must not fail a test; in CI the same examples come every time.
settings.register_profile(
    "lamplighter",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=bool(os.environ.get("CI")),
)
settings.load_profile("lamplighter")
