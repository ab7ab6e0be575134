"""Nobody sees what its owner did not open, and a request is answered only by the one who was asked."""

from datetime import UTC, datetime, timedelta

import pytest

from server.domain import contacts
from server.domain.contacts import Consent, Side
from server.domain.errors import NotAllowed, RuleViolation, WrongPhase
from server.domain.vocabulary import ContactField, ExchangeState, PersonId

NOW = datetime(2026, 3, 12, 7, 30, tzinfo=UTC)
EMAIL, PHONE, OFFERS = ContactField.EMAIL, ContactField.PHONE, ContactField.OFFERS


def said(field, given, minute=0):
    return Consent(field, given, NOW + timedelta(minutes=minute))


def test_nothing_is_shown_by_default():
    assert contacts.shown_fields([]) == frozenset()


def test_the_latest_word_about_a_field_counts_in_whatever_order_the_facts_come():
    facts = [said(EMAIL, False, 5), said(EMAIL, True, 1), said(PHONE, True, 2), said(OFFERS, True, 9)]
    facts.append(said(OFFERS, False, 3))
    assert contacts.shown_fields(facts) == {PHONE, OFFERS}


def test_of_two_words_in_one_moment_the_later_in_the_book_counts():
    assert contacts.shown_fields([said(EMAIL, True), said(EMAIL, False)]) == frozenset()
    assert contacts.shown_fields([said(EMAIL, False), said(EMAIL, True)]) == {EMAIL}


@pytest.mark.parametrize("own", [frozenset(), {PHONE}])
def test_a_request_is_accepted_at_once_if_the_other_shows_something_and_waits_otherwise(own):
    assert contacts.exchange_outcome({EMAIL}, own) is ExchangeState.ACCEPTED
    assert contacts.exchange_outcome(frozenset(), own) is ExchangeState.WAITING


@pytest.mark.parametrize("field", ContactField)
def test_each_field_is_seen_only_when_it_was_opened(field):
    card = {each: f"the {each.value}" for each in ContactField}
    assert contacts.visible({field}, card) == {field: card[field]}
    assert field not in contacts.visible(set(ContactField) - {field}, card)


def test_an_open_field_that_is_empty_is_not_seen():
    assert contacts.visible({EMAIL, PHONE}, {EMAIL: "", PHONE: "+48 600"}) == {PHONE: "+48 600"}


def test_nobody_exchanges_contacts_with_themselves():
    contacts.check_not_self(PersonId(1), PersonId(2))
    with pytest.raises(RuleViolation) as refused:
        contacts.check_not_self(PersonId(1), PersonId(1))
    assert refused.value.code == "exchange_with_self"


ALLOWED = {
    ("waiting", "accepted"): {"asked"},
    ("waiting", "declined"): {"asked"},
    ("waiting", "withdrawn"): {"asker"},
    ("accepted", "withdrawn"): {"asker", "asked"},
}


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("to", ExchangeState)
@pytest.mark.parametrize("state", ExchangeState)
def test_every_answer_by_either_side_is_allowed_or_refused_as_the_table_says(state, to, side):
    who = ALLOWED.get((state.value, to.value), set())
    if side.value in who:
        assert contacts.move(state, to, side) is to
        assert to in contacts.moves_for(state, side)
    else:
        with pytest.raises(NotAllowed if who else WrongPhase) as refused:
            contacts.move(state, to, side)
        assert refused.value.code == ("exchange_not_yours" if who else "exchange_wrong_phase")
        assert to not in contacts.moves_for(state, side)


@pytest.mark.parametrize("opened", [frozenset(), {EMAIL}])
@pytest.mark.parametrize("state", [ExchangeState.ACCEPTED, ExchangeState.DECLINED])
def test_asking_twice_is_asking_once_and_a_decline_stands(state, opened):
    assert contacts.ask_again(state, opened, {PHONE}) is state


def test_a_waiting_request_is_accepted_once_the_other_opened_a_field():
    assert contacts.ask_again(ExchangeState.WAITING, frozenset(), {PHONE}) is ExchangeState.WAITING
    assert contacts.ask_again(ExchangeState.WAITING, {EMAIL}, {PHONE}) is ExchangeState.ACCEPTED


def test_what_was_taken_back_is_not_had_again_without_a_yes():
    assert contacts.ask_again(ExchangeState.WITHDRAWN, {EMAIL}, {PHONE}) is ExchangeState.WAITING
