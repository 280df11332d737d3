"""What tells courtesies from statements is fitted to the labelled sentences, and to nothing else."""

import numpy as np
import pytest

from coach.errors import InputError
from coach.verify.courtesy import courtesy
from evals.courtesy import COURTESY, KINDS, Sentence, labelled_sentences, least_for, read_sentences, unseen_sums


def sentences(*texts: str, kind: str, case: str = "a") -> list[Sentence]:
    """Some sentences of one kind."""
    return [Sentence(text, kind, case) for text in texts]


def test_what_is_shipped_is_what_the_data_gives() -> None:
    """Of all labelled sentences, most courtesies are known, and hardly anything that is made up or promised passes."""
    shipped, labelled = courtesy(), labelled_sentences()
    taken = {
        kind: sum(shipped.knows(one.text) for one in labelled if one.kind == kind)
        / sum(one.kind == kind for one in labelled)
        for kind in KINDS
    }
    assert len({one.case for one in labelled}) == 180
    assert taken[COURTESY] > 0.9
    assert max(taken["x"], taken["u"]) < 0.02


def test_cases_that_were_fitted_to_are_not_measured() -> None:
    """A case's own sentences say nothing of how well it does: here each case's words are in it alone."""
    wishes = [one for n in range(10) for one in sentences(*[f"wish{n}"] * 2, kind="o", case=str(n))]
    deeds = [one for n in range(10) for one in sentences(*[f"deed{n}"] * 2, kind="x", case=str(n))]
    sums = unseen_sums([*wishes, *deeds])
    assert list(sums[:20]) == list(sums[20:])


def test_little_that_is_made_up_passes() -> None:
    """The bound is set by what is made up or promised, whatever the courtesies lose by it."""
    labelled = [*sentences("a", kind="o"), *sentences(*"bcdefghijk", kind="x"), *sentences("l", kind="+")]
    sums = np.arange(12.0)
    assert sums[9] < least_for(labelled, sums) < sums[10]


def test_a_line_of_no_kind_is_named() -> None:
    """File and line."""
    with pytest.raises(InputError, match=r"shops\.txt:2: a line begins with"):
        list(read_sentences("shops.txt", "## a case\ny who knows"))
