"""Thanks for business: the sum is its author's, the yes is the giver's, totals agree with the histories to the cent."""

from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from server.domain.errors import NotAllowed, NotFound, RuleViolation, WrongPhase
from server.domain.vocabulary import ReferralState, Standing
from server.persistence.models import Membership, Thanks
from server.services import passed, quality, thanks
from server.services.context import Json, Tx
from server.services.thanks import ThanksFields, ThanksPage, ThanksView
from tests.mornings import Morning
from tests.rooms import everybody_in
from tests.services.test_slips import _give, _move


def _thank(morning: Morning, who: str = "Max", to: str = "Mira", cents: int = 125_050, **more: Any) -> Json:
    return thanks.write(
        morning.ctx,
        group_id=morning.group_id,  # type: ignore[arg-type]
        thanker=morning.people[who],
        to=to,
        fields=ThanksFields(cents=cents, **more),
    )


def _answer(morning: Morning, who: str, row: Json, yes: bool = True) -> Json:
    return thanks.answer(
        morning.ctx,
        group_id=morning.group_id,  # type: ignore[arg-type]
        person=morning.people[who],
        uid=row["uid"],
        yes=yes,
    )


def _page(morning: Morning, who: str, money: bool = True) -> ThanksPage:
    return thanks.page(morning.ctx, morning.group_id, morning.people[who], money=money)  # type: ignore[arg-type]


def _seen(morning: Morning, who: str, money: bool = True) -> list[ThanksView]:
    return list(_page(morning, who, money).thanks)


def test_the_giver_confirms_without_seeing_the_sum(morning: Morning) -> None:
    slip = _move(morning, "Max", _give(morning), ReferralState.ACCEPTED, ReferralState.CONTACTED, ReferralState.WON)
    assert [uid for uid, _ in _page(morning, "Max").from_slips] == [slip["uid"]]
    row = _thank(morning, to="", slip=slip["uid"], tier=2, is_repeat=True)
    assert row["confirmed"] is False
    [mine], [theirs] = _seen(morning, "Max"), _seen(morning, "Mira")
    assert (mine.mine, mine.cents, mine.waits, mine.tier, mine.is_repeat) == (True, 125_050, True, 2, True)
    assert (theirs.mine, theirs.cents, theirs.waits, theirs.need) == (False, None, True, "Twelve rooms to furnish")
    _answer(morning, "Mira", row)
    assert [_seen(morning, who)[0].confirmed for who in ("Max", "Mira")] == [True, True]


def test_over_an_open_line_nobody_sees_a_sum(morning: Morning) -> None:
    _thank(morning)
    page = _page(morning, "Max", money=False)
    assert [each.cents for each in page.thanks] == [None]
    assert page.totals == ()


def test_only_the_one_who_is_thanked_answers_once_and_only_the_author_takes_back(morning: Morning) -> None:
    row = _thank(morning)
    with pytest.raises(NotAllowed, match="thanks_not_yours"):
        _answer(morning, "Max", row)
    for who in ("Olga", "Vik", "Sam"):
        with pytest.raises(NotFound, match="thanks_unknown"):
            _answer(morning, who, row)
    _answer(morning, "Mira", row, yes=False)
    with pytest.raises(WrongPhase, match="thanks_answered"):
        _answer(morning, "Mira", row)

    def back(who: str, row: Json) -> Json:
        return thanks.take_back(
            morning.ctx,
            group_id=morning.group_id,  # type: ignore[arg-type]
            person=morning.people[who],
            uid=row["uid"],
        )

    with pytest.raises(NotAllowed, match="thanks_not_yours"):
        back("Mira", row)
    back("Max", row)
    assert _seen(morning, "Max") == []
    sure = _thank(morning)
    _answer(morning, "Mira", sure)
    with pytest.raises(WrongPhase, match="thanks_answered"):
        back("Max", sure)


@pytest.mark.parametrize("standing", [Standing.VISITOR, Standing.FORMER])
def test_who_has_no_board_is_thanked_without_being_asked(morning: Morning, standing: Standing) -> None:
    def become(tx: Tx) -> None:
        row = tx.db.query(Membership).filter_by(person_id=morning.people["Vik"]).one()
        row.standing = standing

    morning.ctx.transaction(become)
    assert _thank(morning, to="Vik")["confirmed"] is True


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"to": "Max"}, "referral_to_self", "to"),
        ({"to": "Sam"}, "receiver_unknown", "to"),
        ({"cents": 0}, "thanks_cents", "amount"),
        ({"tier": 4}, "thanks_tier", "tier"),
        ({"thanked_on": date(2027, 1, 1)}, "slip_day_future", "thanked_on"),
    ],
)
def test_thanks_that_cannot_be_are_refused_at_their_field(
    morning: Morning, change: dict[str, Any], code: str, field: str
) -> None:
    with pytest.raises(RuleViolation) as refused:
        _thank(morning, **change)
    assert (refused.value.code, refused.value.params["field"]) == (code, field)


def test_business_comes_from_a_referral_of_ones_own_that_was_won(morning: Morning) -> None:
    slip = _give(morning)
    for who in ("Max", "Olga"):
        with pytest.raises(NotFound, match="slip_unknown"):
            _thank(morning, who, slip=slip["uid"])


def test_a_room_counts_thanks_and_sees_no_sum(morning: Morning) -> None:
    everybody_in(morning, only=["Max"])
    _thank(morning)
    found = passed.at(morning.ctx, morning.meeting_id)
    assert found.thanks == 1
    assert [(each.kind, each.giver, each.receiver, each.level) for each in found.recent] == [
        ("thanks", "Max D.", "Mira Ł.", None)
    ]


STORIES = st.lists(
    st.tuples(
        st.sampled_from(["Mira", "Max", "Olga", "Dora"]),
        st.sampled_from(["Mira", "Max", "Olga", "Dora", "Vik"]),
        st.integers(1, 10**9),
        st.sampled_from(["EUR", "PLN"]),
        st.sampled_from(["yes", "no", "waits"]),
    ),
    max_size=12,
)


@given(stories=STORIES)
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_totals_equal_the_histories_to_the_cent_in_every_view(
    morning: Morning, stories: list[tuple[str, str, int, str, str]]
) -> None:
    morning.ctx.transaction(lambda tx: tx.db.execute(delete(Thanks)) and None)
    deals: list[tuple[str, int, str]] = []
    own: dict[str, int] = {}
    for who, to, cents, currency, said in stories:
        if who == to:
            continue
        row = _thank(morning, who, to, cents, currency=currency)
        own[who] = own.get(who, 0) + cents
        if to != "Vik" and said != "waits":
            _answer(morning, to, row, yes=said == "yes")
        if to == "Vik" or said == "yes":
            deals.append((who, cents, currency))
    expected = {}
    for currency in sorted({currency for _, _, currency in deals}):
        these = [(who, cents) for who, cents, other in deals if other == currency]
        told = len(these) >= 5 and len({who for who, _ in these}) >= 3
        expected[currency] = (len(these), sum(cents for _, cents in these) if told else None)
    views = [_page(morning, who).totals for who in ("Mira", "Max", "Olga")]
    views.append(quality.of_group(morning.ctx, morning.group_id, money=True).totals)  # type: ignore[arg-type]
    for totals in views:
        assert {total.currency: (total.deals, total.cents) for total in totals} == expected
    for who in ("Mira", "Max", "Olga", "Dora"):
        assert sum(each.cents or 0 for each in _seen(morning, who)) == own.get(who, 0)
