"""The top-level names are ours alone."""

from importlib.metadata import packages_distributions

import pytest


@pytest.mark.parametrize("name", ["bot", "nlp", "storage"])
def test_no_other_distribution_owns_the_name(name: str) -> None:
    owners = set(packages_distributions().get(name, []))
    assert owners <= {"lamplighter"}, (
        f"{name} also belongs to {owners}: install in an own environment"
    )
