"""The balance of giving and receiving, and the steps: duties first, ideas for whom they help, a rest for who gives."""

from server.domain.balance import Balance, Band, Gift, Other, Rule, Situation, next_steps
from server.domain.vocabulary import PersonId

ONE, TWO, THREE, FOUR = (PersonId(number) for number in range(1, 5))
LOOKING = [Other(who, "Trade", f"wish {who}") for who in (ONE, TWO, THREE, FOUR)]


def test_a_few_gifts_say_nothing_about_anybody() -> None:
    assert Balance({Gift.REFERRAL: 4}, {}).band is Band.UNTOLD


def test_not_only_referrals_weigh() -> None:
    found = Balance({Gift.ADVICE: 3, Gift.VISITOR: 2}, {Gift.REFERRAL: 2})
    assert (found.gave, found.got, found.band) == (7, 6, Band.BALANCED)
    assert Balance({Gift.ADVICE: 1}, {Gift.REFERRAL: 4}).band is Band.TAKES
    assert Balance({Gift.REFERRAL: 4}, {Gift.ADVICE: 1}).band is Band.GIVES


def test_duties_are_given_to_all_and_tell_who_carries_much() -> None:
    assert Balance({Gift.DUTY: 6}, {Gift.REFERRAL: 1}).band is Band.BALANCED
    assert Balance({Gift.DUTY: 7}, {Gift.REFERRAL: 1}).band is Band.GIVES
    even = {Gift.REFERRAL: 5}
    assert Balance(even | {Gift.DUTY: 6}, even).band is Band.BALANCED


def test_duties_come_before_ideas_and_nobody_is_named_twice_for_one() -> None:
    found = next_steps(
        Situation(
            Band.BALANCED,
            unanswered=[ONE, ONE],
            quiet=[TWO],
            unasked=[THREE],
            sat_with=[Other(FOUR, "Roofs"), Other(ONE, "Hotels"), Other(TWO, "Cars")],
            wants="hotels",
        )
    )
    assert [(step.rule, step.person) for step in found] == [
        (Rule.ANSWER_WAITS, ONE),
        (Rule.WORD_WAITS, TWO),
        (Rule.ASK_SERVED, THREE),
        (Rule.SAT_TOGETHER, ONE),
        (Rule.SAT_TOGETHER, FOUR),
    ]


def test_who_takes_hears_three_things_they_could_give_even_behind_many_duties() -> None:
    found = next_steps(Situation(Band.TAKES, unanswered=[ONE, TWO, THREE, FOUR], members=[Other(FOUR), *LOOKING]))
    assert [step.rule for step in found] == [Rule.ANSWER_WAITS] * 2 + [Rule.CAN_GIVE] * 3
    assert [step.params["looks_for"] for step in found[2:]] == ["wish 1", "wish 2", "wish 3"]


def test_who_gives_much_is_told_to_ask_and_gets_no_idea_what_else_to_give() -> None:
    found = next_steps(Situation(Band.GIVES, unanswered=[ONE, TWO, THREE, FOUR], quiet=[ONE], members=LOOKING))
    assert [step.rule for step in found] == [Rule.ANSWER_WAITS] * 4 + [Rule.REST]
