"""What the planner remarks, in words: why somebody sits there, what a change would do, what lies ahead, whom to
invite. A remark is a key with parameters; ids become names, tables and rounds are counted from one."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from server.views.sentences.marking import N_

Name = Callable[[Any], str]
"""What somebody is called, by the id the planner knows them by."""
Translate = Callable[[str], str]

EXPLANATIONS: dict[str, str] = {
    "new_people": N_("Meets for the first time: %(people)s"),
    "met_before": N_("Met before: %(people)s"),
    "must_meet_kept": N_("Brought together by the organiser: %(other)s"),
    "wish_met": N_("Looked for: %(sector)s, here: %(other)s"),
    "looked_for_by": N_("Is looked for (%(sector)s) by: %(other)s"),
    "same_sector": N_("Of the same sector (%(sector)s): %(people)s"),
    "round_held": N_("This round was held already, table %(table)s"),
    "seat_locked": N_("Seat kept by the organiser, table %(table)s"),
    "hosts_table": N_("Hosts table %(table)s"),
    "table_fixed": N_("Stays at table %(table)s"),
    "trio": N_("At a table of three because the number is odd; times so far: %(times)s"),
    "bye": N_("Sits this round out because the number is odd; byes before: %(before)s"),
}
"""Why somebody sits there."""

ALTERNATIVES: dict[str, str] = {
    "seat_exchange": N_("Cheapest other seat: changing with %(other)s, table %(table)s"),
    "seat_out": N_("Cheapest other seat: changing with %(other)s, who sits this round out"),
    "seat_transfer": N_("Cheapest other seat: table %(table)s"),
    "none": N_("No other seat without breaking a rule"),
    "better": N_("The plan would be better."),
    "equal": N_("The plan would be just as good."),
    "worse": N_("The plan would be worse."),
    "way_exchange": N_("Round %(round)s: %(one)s changes with %(other)s, table %(table)s"),
    "way_out": N_("Round %(round)s: %(one)s changes with %(other)s, who sits this round out"),
    "way_transfer": N_("Round %(round)s: %(one)s goes to table %(table)s"),
    "breaks_rule": N_("This breaks a rule."),
}
"""Headings of what a change by hand would do."""

EFFECTS: dict[str, str] = {
    "leaves_kept_seat": N_("%(person)s has a fixed seat at table %(table)s."),
    "meet_though_forbidden": N_("%(one)s and %(other)s must not meet, but would share table %(table)s."),
    "tables_uneven": N_(
        "Too uneven: table %(table)s would have %(size)s people, table %(other_table)s would have %(other_size)s."
    ),
    "would_sit_out": N_("%(person)s would sit round %(round)s out."),
    "would_sit_out_of_turn": N_("%(person)s would sit round %(round)s out before it is their turn."),
    "would_sit_down": N_("%(person)s would no longer sit round %(round)s out."),
    "nobody_sits_out": N_("One table would be too large, because nobody sits round %(round)s out."),
    "together_again": N_("Table %(table)s would bring %(one)s and %(other)s together again (%(since)s)."),
    "same_sector_together": N_("Table %(table)s would have two of one sector (%(sector)s): %(one)s, %(other)s."),
    "must_meet_lost": N_("%(one)s and %(other)s must meet, but no longer would."),
    "must_meet_gained": N_("%(one)s and %(other)s must meet, and would."),
    "wish_lost": N_("%(person)s looks for: %(sector)s. No longer meets: %(other)s."),
    "wish_gained": N_("%(person)s looks for: %(sector)s. Would meet: %(other)s."),
    "affinity_lost": N_("No longer meet, though their sectors go well together: %(one)s, %(other)s."),
    "affinity_gained": N_("Would meet, and their sectors go well together: %(one)s, %(other)s."),
    "repeat_spared": N_("Table %(table)s would not bring %(one)s and %(other)s together again."),
    "same_sector_spared": N_(
        "Table %(table)s would no longer have two of one sector (%(sector)s): %(one)s, %(other)s."
    ),
    "visitors_lost": N_("Meetings of visitors with members that are lost: %(count)s"),
    "visitors_gained": N_("Meetings of visitors with members that are gained: %(count)s"),
    "announced_seats_changed": N_("Announced seats that change: %(count)s"),
    "announced_seats_kept": N_("Announced seats that are kept after all: %(count)s"),
    "byes_less_fair": N_("Byes would be shared out less fairly."),
    "byes_fairer": N_("Byes would be shared out more fairly."),
    "trios_less_fair": N_("Tables of three would be shared out less fairly."),
    "trios_fairer": N_("Tables of three would be shared out more fairly."),
    "more_walking": N_("More ways from table to table: %(count)s"),
    "less_walking": N_("Fewer ways from table to table: %(count)s"),
}
"""What a change by hand breaks and gains."""

REASONS: dict[str, str] = {
    "together_in": N_("%(one)s and %(other)s sit together: round %(rounds)s"),
    "must_not_meet": N_("%(one)s and %(other)s must not meet."),
    "met_at_earlier_meetings": N_("%(one)s and %(other)s met before (%(since)s)."),
    "round_over": N_("Over or running: round %(rounds)s"),
    "away": N_("%(person)s is away: round %(rounds)s"),
    "sits_out_in": N_("%(person)s sits out: round %(rounds)s"),
    "pinned_apart": N_("Fixed seats, %(one)s at table %(table)s, %(other)s at table %(other_table)s: round %(rounds)s"),
    "nobody_to_change_with": N_("Nobody could change seats for %(one)s and %(other)s without breaking a rule."),
    "because_of_count": N_(
        "These tables make %(meetings)s meetings of two people, but only %(new)s pairs have not met yet."
    ),
    "because_of_tables": N_("Whoever fills a table of %(size)s from %(tables)s tables brings people together again."),
    "because_of_person": N_(
        "%(person)s has places for %(seats)s people beside them, but only %(new)s people they have not met."
    ),
    "because_of_seats": N_("%(one)s and %(other)s have fixed seats at one table, %(times)s × together."),
    "proven": N_("This is proven."),
}
"""Why two people do not meet, and why repeats cannot be avoided."""

AHEAD: dict[str, str] = {
    "repeat_free_exactly": N_("Rounds in which nobody sits with the same person twice: %(n)s at most, and possible"),
    "repeat_free_at_least": N_("Rounds in which nobody sits with the same person twice, possible: at least %(n)s"),
    "repeat_free_at_most": N_("Rounds in which nobody sits with the same person twice, possible: at most %(n)s"),
    "all_new_exactly": N_("Counting earlier meetings too: %(n)s at most, and possible"),
    "all_new_at_least": N_("Counting earlier meetings too, possible: at least %(n)s"),
    "all_new_at_most": N_("Counting earlier meetings too, possible: at most %(n)s"),
    "repeats_unavoidable": N_("Pairs that cannot but meet again: at least %(n)s"),
    "forced_pair": N_("%(one)s and %(other)s will sit together %(times)s × at table %(table)s."),
    "forced_pair_anywhere": N_("%(one)s and %(other)s will sit together %(times)s ×, because of fixed seats."),
    "byes_ahead": N_("Byes in all: %(total)s; each person sits out %(least)s × to %(most)s ×"),
    "trios_ahead": N_("Seats at tables of three in all: %(total)s; for each person %(least)s to %(most)s"),
    "plan_optimal": N_("Pairs that meet again: %(n)s. Optimal: nothing about this plan could be better."),
    "plan_fewest_repeats": N_("Pairs that meet again: %(n)s. No plan has fewer."),
    "plan_repeats": N_("Pairs that meet again: %(n)s. At least %(bound)s cannot be avoided."),
    "plan_repeats_unproven": N_("Pairs that meet again: %(n)s. Perhaps fewer are possible."),
}
"""What is known before the start, and what is proven about a plan."""

CHAIRS: dict[str, str] = {
    "chair_wishes": N_("Open wishes a guest would meet: %(count)s (%(people)s)"),
    "chair_out_of_reach": N_("Looking for this sector too: %(people)s"),
    "chair_near": N_("Best from %(region)s, like: %(people)s"),
    "chair_affine": N_("Goes well with: %(people)s"),
    "chair_rivals": N_("Of this sector already: %(people)s"),
    "chair_repeats_saved": N_("Pairs that would not meet again: %(n)s"),
    "chair_repeats_added": N_("Further pairs that would meet again: %(n)s"),
    "chair_byes_saved": N_("Byes that fall away: %(n)s"),
    "chair_byes_added": N_("Byes that come on top: %(n)s"),
    "chair_trios_saved": N_("Seats at tables of three that fall away: %(n)s"),
    "chair_trios_added": N_("Seats at tables of three that come on top: %(n)s"),
}
"""Whom to invite, and what they would bring."""

LEVELS: dict[str, str] = {
    "level_forbidden": N_("Meetings that must not be: %(by)s"),
    "level_must_meet_missed": N_("Pairs that must meet and do not: %(by)s"),
    "level_thirds": N_("Third meetings: %(by)s"),
    "level_same_sector": N_("Meetings of two of one sector: %(by)s"),
    "level_repeats": N_("Pairs that meet again: %(by)s"),
    "level_wishes_missed": N_("Wishes missed: %(by)s"),
    "level_most_repeats": N_("Most meetings again for one person: %(by)s"),
}
"""Levels of the cost told as differences; what else changes is told by name, or by a remark with its count."""

SINCE: dict[str, str] = {
    "since_named": N_("%(who)s (%(since)s)"),
    "since_rounds": N_("round %(rounds)s"),
    "since_dated": N_("earlier meetings: %(times)s, days ago: %(days_ago)s"),
    "since_undated": N_("earlier meetings: %(times)s"),
}
"""Since when two people know each other."""

DONE = N_("People: %(people)s. Rounds: %(rounds)s.")
"""What was planned."""

REMARKS: dict[str, str] = EXPLANATIONS | EFFECTS | REASONS | AHEAD | CHAIRS


def worded(key: str, params: Mapping[str, Any], name: Name, translate: Translate) -> str:
    """A remark of the planner in words."""
    filled: dict[str, Any] = dict(params)
    for person in ("person", "one", "other"):
        if person in filled:
            filled[person] = name(filled[person])
    for number in ("table", "other_table", "round"):
        if isinstance(filled.get(number), int):
            filled[number] += 1
    if "met" in filled:
        filled["people"] = ", ".join(_named_since(met, name, translate) for met in filled["met"])
    elif "people" in filled:
        filled["people"] = ", ".join(name(person) for person in filled["people"])
    if "times" in filled and "days_ago" in filled:
        filled["since"] = since(params, translate)
    if "rounds" in filled:
        filled["rounds"] = _numbers(filled["rounds"])
    return translate(REMARKS[key]) % filled


def since(met: Mapping[str, Any], translate: Translate) -> str:
    """Since when two people know each other: rounds of this meeting, earlier meetings."""
    parts = []
    if met.get("rounds"):
        parts.append(translate(SINCE["since_rounds"]) % {"rounds": _numbers(met["rounds"])})
    if met.get("times"):
        kind = "undated" if met.get("days_ago") is None else "dated"
        parts.append(translate(SINCE[f"since_{kind}"]) % {"times": met["times"], "days_ago": met.get("days_ago")})
    return "; ".join(parts)


def outcome(weighed: Mapping[str, Any] | None, name: Name, translate: Translate) -> list[str]:
    """What a change by hand would do, line by line: the verdict, then what it breaks and what it gains.

    `weighed` is the planner's answer as JSON; None says that no change is possible.
    """
    if weighed is None:
        return [translate(ALTERNATIVES["none"])]
    verdict = {-1: "better", 0: "equal", 1: "worse"}[weighed["verdict"]] if weighed["allowed"] else "breaks_rule"
    told = [worded(each["key"], each["params"], name, translate) for each in (*weighed["breaks"], *weighed["gains"])]
    return [translate(ALTERNATIVES[verdict]), *differences(weighed["change"], translate), *told]


def differences(change: Mapping[str, int], translate: Translate) -> list[str]:
    """The levels that change, with signs, the weightiest first."""
    found = ((text, change.get(key.removeprefix("level_"), 0)) for key, text in LEVELS.items())
    return [translate(text) % {"by": f"{by:+d}"} for text, by in found if by]


def way(weighed: Mapping[str, Any], name: Name, translate: Translate) -> list[str]:
    """The moves of a change by hand, one a line."""
    return [_move(move, "way", name, translate) for move in weighed["moves"]]


def heading(weighed: Mapping[str, Any], name: Name, translate: Translate) -> str:
    """The one move of an alternative: with whom, and to which table."""
    return _move(weighed["moves"][0], "seat", name, translate)


def _move(move: Mapping[str, Any], prefix: str, name: Name, translate: Translate) -> str:
    filled = {"round": move["round"] + 1, "one": name(move["one"])}
    kind = "transfer"
    if "other" in move:
        filled["other"] = name(move["other"])
        kind = "exchange"
    if move["to"] is None:
        kind = "out"
    else:
        filled["table"] = move["to"] + 1
    return translate(ALTERNATIVES[f"{prefix}_{kind}"]) % filled


def _named_since(met: Mapping[str, Any], name: Name, translate: Translate) -> str:
    return translate(SINCE["since_named"]) % {"who": name(met["other"]), "since": since(met, translate)}


def _numbers(rounds: Sequence[int]) -> str:
    return ", ".join(str(number + 1) for number in rounds)
