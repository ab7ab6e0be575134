"""Sums are whole cents, seen by their author; totals hide each deal in them, and add up to the cent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain import thanks
from server.domain.errors import NotAllowed, RuleViolation, WrongPhase
from server.domain.thanks import Deal, Total
from server.domain.vocabulary import PersonId

MIRA, MAX, OLGA = PersonId(1), PersonId(2), PersonId(3)


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("1250", 125000),
        ("1 250,50", 125050),
        ("1\u00a0250,5", 125050),
        ("1.250,50", 125050),
        ("1,250.50", 125050),
        ("1’250.50", 125050),
        ("0,05", 5),
        ("1.250", 125000),
        ("1,250", 125000),
        ("12,5", 1250),
        ("1.234.567,89", 123456789),
    ],
)
def test_a_sum_is_read_as_people_write_it_in_three_countries(typed, cents):
    assert thanks.cents_of(typed) == cents


@pytest.mark.parametrize(
    "typed", ["", "abc", "1.25.3", "12.34,5", "1,2,3", "-5", "€5", "1.2500", "1.250.50", "1,2,", "١٢", "1e5"]
)
def test_what_is_no_sum_is_refused_at_its_field(typed):
    with pytest.raises(RuleViolation) as refused:
        thanks.cents_of(typed)
    assert (refused.value.code, refused.value.params) == ("thanks_amount", {"field": "amount"})


@pytest.mark.parametrize(("typed", "currency"), [("PLN", "PLN"), (" chf ", "CHF"), ("eur", "EUR")])
def test_a_currency_is_its_three_letters_however_they_are_typed(typed, currency):
    assert thanks.currency_of(typed) == currency


@pytest.mark.parametrize("typed", ["", "zł", "złt", "EU", "EURO", "E1R", "12€"])
def test_what_is_no_currency_is_refused_at_its_field(typed):
    with pytest.raises(RuleViolation) as refused:
        thanks.currency_of(typed)
    assert (refused.value.code, refused.value.params) == ("currency_unknown", {"field": "currency"})


@given(st.integers(0, 10**12))
def test_every_sum_comes_back_from_the_way_it_is_written(cents):
    for mark, between in ((",", "."), (".", ","), (",", " ")):
        whole = f"{cents // 100:,}".replace(",", between)
        assert thanks.cents_of(f"{whole}{mark}{cents % 100:02d}") == cents


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"thanked": MIRA}, "thanks_to_self"),
        ({"cents": 0}, "thanks_cents"),
        ({"cents": -1}, "thanks_cents"),
        ({"cents": thanks.CENTS_MOST + 1}, "thanks_cents"),
        ({"tier": 0}, "thanks_tier"),
        ({"tier": 4}, "thanks_tier"),
    ],
)
def test_thanks_that_cannot_be_are_refused(change, code):
    whole = {"thanker": MIRA, "thanked": MAX, "cents": 100, "tier": 3}
    thanks.check(**whole)
    with pytest.raises(RuleViolation) as refused:
        thanks.check(**(whole | change))
    assert refused.value.code == code


def test_only_the_one_who_is_thanked_answers_and_only_once():
    thanks.check_answer(MAX, MAX, answered=False)
    with pytest.raises(NotAllowed, match="thanks_not_yours"):
        thanks.check_answer(MIRA, MAX, answered=False)
    with pytest.raises(WrongPhase, match="thanks_answered"):
        thanks.check_answer(MAX, MAX, answered=True)


def test_a_total_is_told_from_five_deals_by_three_people_on():
    four = [Deal(who, 100, "EUR") for who in (MIRA, MAX, OLGA, MIRA)]
    assert thanks.totals(four) == (Total("EUR", 4, 3, None),)
    by_two = [Deal(who, 100, "EUR") for who in (MIRA, MAX, MIRA, MAX, MIRA)]
    assert thanks.totals(by_two) == (Total("EUR", 5, 2, None),)
    assert thanks.totals([*four, Deal(MAX, 1, "EUR")]) == (Total("EUR", 5, 3, 401),)


DEALS = st.lists(
    st.builds(
        Deal,
        thanker=st.sampled_from([PersonId(number) for number in range(1, 7)]),
        cents=st.integers(1, 10**9),
        currency=st.sampled_from(["EUR", "PLN", "GBP"]),
    ),
    max_size=40,
)


@given(DEALS)
def test_totals_agree_with_a_naive_recount_and_never_mix_currencies(deals):
    found = {total.currency: total for total in thanks.totals(deals)}
    assert list(found) == sorted({deal.currency for deal in deals})
    for currency, total in found.items():
        own = [deal for deal in deals if deal.currency == currency]
        people = {deal.thanker for deal in own}
        assert (total.deals, total.people) == (len(own), len(people))
        cents = 0
        for deal in own:
            cents += deal.cents
        assert total.cents == (cents if len(own) >= 5 and len(people) >= 3 else None)
