"""What the made-up people write down, promise, say about slips. Plain sentences; the story puts names beside them."""

from server.domain.vocabulary import ReferralState

GROUP = "Kitchen Garden Breakfast"
PLACE = "Hotel Corona, garden room"
TODAYS_NUMBER = 214
AGENDA: tuple[tuple[str, str, int] | tuple[str, str, int, str], ...] = (
    ("open_networking", "Arrival and coffee", 15),
    (
        "welcome",
        "Welcome",
        5,
        "Welcome to the Kitchen Garden Breakfast, and a special welcome to our visitors. We are done at nine.",
    ),
    ("education", "Five minutes of learning", 5),
    ("rounds", "Rounds at the tables", 30),
    ("introductions", "Everybody in 30 seconds", 15),
    ("speaker", "Speaker of the day", 10),
    ("referrals", "Referrals and thanks", 7),
    ("announcements", "Announcements", 3),
)
"""Kind, title and minutes of a breakfast, and what is said where it is not the usual words."""

NOTES = (
    "Knows half the valley.",
    "Starts a second shop in spring.",
    "Two children at the same school as ours.",
    "Prefers a call to a message.",
    "Sings in the choir on Tuesdays.",
    "Had trouble with the old supplier.",
    "Wants to work less on Saturdays.",
    "Has just moved into the old mill.",
)
PROMISES = (
    "send the name of the printer",
    "bring the book about cooperatives",
    "ask my brother about the warehouse",
    "send three photos of the courtyard",
    "introduce the landlord of number 12",
    "look over the new price list",
    "send the address of the grower",
    "call about the open day",
)
CAFES = ("Caffè Stella", "Under the arcades", "Kawiarnia Zielona", "The workshop", "Station buffet", "")
NEEDS = (
    "Asked me for %s.",
    "Needs %s before the summer.",
    "Would like an offer for %s.",
    "Is looking for %s and wants to hear from you.",
)
COMMENTS = ("", "", "Mornings are best.", "Speaks only Italian.", "Speaks Polish and English.", "A careful payer.")
SAID = {
    ReferralState.ACCEPTED: ("", "Thank you, I will call this week.", "Gladly."),
    ReferralState.CONTACTED: ("Called, we meet on Tuesday.", "Wrote, answer came at once.", ""),
    ReferralState.IN_PROGRESS: ("Offer is out.", "Visited the place, measuring next week."),
    ReferralState.WON: ("Signed this morning. Thank you.", "They are very happy, so am I."),
    ReferralState.LOST: ("They decided to wait a year.", "Another offer was lower."),
    ReferralState.NO_ANSWER: ("Tried four times.", "No reply to two letters."),
    ReferralState.NOT_A_FIT: ("They need something else, but thank you.",),
    ReferralState.DECLINED: ("My calendar is full until May.",),
}
"""What receivers write beside a step."""
REASONS = {ReferralState.NOT_A_FIT: "other_need", ReferralState.DECLINED: "no_capacity"}

_ACCEPTED, _CONTACTED, _IN_PROGRESS = ReferralState.ACCEPTED, ReferralState.CONTACTED, ReferralState.IN_PROGRESS
WAYS: dict[ReferralState, tuple[ReferralState, ...]] = {
    ReferralState.DRAFT: (),
    ReferralState.GIVEN: (),
    ReferralState.ACCEPTED: (_ACCEPTED,),
    ReferralState.CONTACTED: (_ACCEPTED, _CONTACTED),
    ReferralState.IN_PROGRESS: (_ACCEPTED, _CONTACTED, _IN_PROGRESS),
    ReferralState.WON: (_ACCEPTED, _CONTACTED, _IN_PROGRESS, ReferralState.WON),
    ReferralState.LOST: (_ACCEPTED, _CONTACTED, _IN_PROGRESS, ReferralState.LOST),
    ReferralState.NO_ANSWER: (_ACCEPTED, _CONTACTED, ReferralState.NO_ANSWER),
    ReferralState.NOT_A_FIT: (_ACCEPTED, _CONTACTED, ReferralState.NOT_A_FIT),
    ReferralState.DECLINED: (ReferralState.DECLINED,),
}
"""How a slip came to where it stands."""

_W, _L, _N, _F, _D = (
    ReferralState.WON,
    ReferralState.LOST,
    ReferralState.NO_ANSWER,
    ReferralState.NOT_A_FIT,
    ReferralState.DECLINED,
)
SLIPS: dict[int, tuple[ReferralState, ...]] = {
    12: (_W, _L, _W),
    11: (_W, _F, _W),
    10: (_N, _W, _L),
    9: (_W, _D, _W),
    8: (_W, _IN_PROGRESS, _N, _W),
    7: (_F, _W, _IN_PROGRESS),
    6: (_L, _W, _CONTACTED, _IN_PROGRESS),
    5: (_W, _N, _IN_PROGRESS),
    4: (_IN_PROGRESS, _CONTACTED, _D, _W),
    3: (_IN_PROGRESS, _CONTACTED, _ACCEPTED, _CONTACTED),
    2: (_CONTACTED, _ACCEPTED, _CONTACTED, ReferralState.GIVEN),
    1: (_ACCEPTED, ReferralState.GIVEN, ReferralState.GIVEN, ReferralState.DRAFT, ReferralState.DRAFT),
}
"""Weeks ago → where the slips given that morning stand today. Old ones are settled, new ones on their way."""
