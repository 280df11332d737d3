"""One verifier for all tests: it holds nothing but the rules."""

import pytest

from coach.check import Checker
from coach.verify import Verifier


@pytest.fixture(scope="package")
def verifier() -> Verifier:
    """The whole of it: patterns, tagger and what judges in context."""
    return Verifier(Checker(), secret=["You are the owner of a small shop and answer your unhappy customers."])
