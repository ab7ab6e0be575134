"""The made-up people: as many as promised, nobody twice, names as their languages have them, nobody who exists."""

import random
import re
from collections import Counter

from server.demo.cast import ENGLISH, ITALIAN, MEMBERS, POLISH, SHARES, VISITORS, made_up_people
from server.demo.trades import TRADES

PEOPLE = made_up_people(random.Random(1))
TONGUES = {tongue.code: tongue for tongue in (ITALIAN, POLISH, ENGLISH)}


def test_there_are_as_many_as_the_demo_promises_in_three_languages() -> None:
    assert len(PEOPLE) == MEMBERS + VISITORS == 57
    assert Counter(person.tongue for person in PEOPLE) == {tongue.code: count for tongue, count in SHARES}


def test_nobody_and_nothing_is_there_twice() -> None:
    for field in ("name", "family", "company", "sector", "email", "phone"):
        values = [getattr(person, field) for person in PEOPLE]
        assert len(set(values)) == len(values), field


def test_names_are_names_of_their_language_and_women_bear_theirs() -> None:
    for person in PEOPLE:
        tongue = TONGUES[person.tongue]
        assert person.country == tongue.country
        assert person.region in tongue.regions
        if person.given in tongue.women:
            assert person.family in {as_woman for as_woman, _ in tongue.families}
            assert not re.search("[sc]ki$", person.family), person.name
        else:
            assert person.given in tongue.men
            assert not re.search("[sc]ka$", person.family), person.name


def test_every_trade_says_what_it_needs_of_another_that_may_be_there() -> None:
    sectors = {trade.sector for trade in TRADES}
    assert len(sectors) == len(TRADES) == len(PEOPLE)
    for trade in TRADES:
        assert trade.wants in sectors - {trade.sector}
        assert trade.offers
        assert trade.looks_for
    wanted = Counter(person.wants_sector for person in PEOPLE[:MEMBERS])
    here = {person.sector for person in PEOPLE[:MEMBERS]}
    assert sum(count for sector, count in wanted.items() if sector in here) >= MEMBERS // 2


def test_nobody_can_be_reached_by_accident() -> None:
    for person in PEOPLE:
        assert re.fullmatch(r"[a-z0-9.-]+@[a-z0-9-]+\.example", person.email), person.email
        assert re.match(r"\+39 000 |\+48 000 |\+44 7700 900", person.phone)


def test_the_same_seed_makes_the_same_people_and_another_makes_others() -> None:
    assert made_up_people(random.Random(1)) == PEOPLE
    assert {person.name for person in made_up_people(random.Random(2))} != {person.name for person in PEOPLE}
