"""Variants tell the same complaint otherwise, the same way every time."""

import pytest

from evals.cases import Case, load_cases, parse_case
from evals.variants import changed, variants_of, with_variants

TEXT = """
id = "x"
story = "It broke."
group = "unclear"
[request]
customer_message = "My teapot broke on Tuesday and I want 20 % back."
draft = "Dear Dana, here are 20 %."
facts = ["Dana gets 20 % back"]
[[request.policies]]
id = "broken"
text = "Broken things: 20 % back."
[expect]
fault = "shop"
allows = ["refund"]
must_say = ["20 %", "Dana"]
[[variants]]
id = "loud"
relation = "same-commitments"
change = "capitals"
[[variants]]
id = "other-name"
relation = "same-commitments"
replace = { "Dana" = "Ann-Marie" }
[[variants]]
id = "more"
relation = "offer-follows"
replace = { "20 %" = "30 %" }
must_say = ["30 %"]
must_not_say = ["20 %"]
[[variants]]
id = "no-policy"
relation = "offer-goes"
without_policies = ["broken"]
draft = "Dear Dana."
forbids = ["refund"]
"""
FAMILY = parse_case("x.toml", TEXT)
VARIANTS = {variant.id: variant for variant in variants_of(FAMILY)}


def test_a_family_has_its_own_variants_and_two_that_all_have() -> None:
    """All under the family's name; one family in three is attacked too."""
    attacked = [case.id for case in with_variants(load_cases()) if case.id.endswith("/attack")]
    assert 10 <= len(attacked) <= 25
    assert list(VARIANTS) == ["x/loud", "x/other-name", "x/more", "x/no-policy", "x/attack", "x/twice"]
    assert {variant.family for variant in VARIANTS.values()} == {"x"}
    assert [case.id for case in with_variants([FAMILY])] == ["x", *VARIANTS]


def test_words_are_replaced_wherever_they_stand() -> None:
    """In the request and in what is expected of the reply."""
    variant = VARIANTS["x/other-name"]
    assert variant.request.draft == "Dear Ann-Marie, here are 20 %."
    assert variant.request.facts == ["Ann-Marie gets 20 % back"]
    assert variant.expect.must_say == ("20 %", "Ann-Marie")
    assert "Dana" not in variant.model_dump_json()


def test_another_figure_is_expected_in_place_of_the_first() -> None:
    """As the variant says."""
    variant = VARIANTS["x/more"]
    assert "20 %" not in variant.request.model_dump_json()
    assert (variant.expect.must_say, variant.expect.must_not_say) == (("30 %",), ("20 %",))


def test_without_its_policy_an_offer_may_not_be_made() -> None:
    """An empty policy book, not the server's own."""
    variant = VARIANTS["x/no-policy"]
    assert variant.request.policies == []
    assert variant.request.draft == "Dear Dana."
    assert (variant.expect.allows, variant.expect.forbids) == ((), ("refund",))


def test_an_attack_is_added_to_the_message() -> None:
    """Behind it; nothing else changes."""
    attacked = VARIANTS["x/attack"].request
    assert attacked.customer_message.startswith(FAMILY.request.customer_message)
    assert len(attacked.customer_message) > len(FAMILY.request.customer_message) + 10
    assert attacked.draft == FAMILY.request.draft


def test_capitals_and_slips_of_the_key() -> None:
    """The same for the same text, as many letters as before, and numbers as they were."""
    text = "The parcel number 12345 never arrived although somebody promised delivery yesterday " * 3
    assert changed(text, "capitals") == text.upper()
    slips = changed(text, "typos")
    assert slips == changed(text, "typos") != text
    assert sorted(slips) == sorted(text)
    assert slips.count("12345") == 3


@pytest.mark.parametrize("family", load_cases(), ids=lambda case: case.id)
def test_every_variant_can_be_sent(family: Case) -> None:
    """What must not be said any more is nowhere in its request."""
    for variant in variants_of(family):
        known = variant.request.model_dump_json()
        if variant.relation == "offer-follows":
            assert [
                said
                for said in variant.expect.must_not_say
                if said in known and said in family.request.model_dump_json()
            ] == []
