"""What came of a breakfast: notes and promises, one-to-ones, slips on their way. Part of the demo's timeline."""

from datetime import date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from server.demo import words
from server.domain import names
from server.domain.follow_ups import FollowUpCommand
from server.domain.vocabulary import FollowUpKind, PersonId, ReferralState, StayInTouch, Uid
from server.services import contacts, follow_ups, one_to_ones, owed, referrals, slips
from server.services.contacts import Jotting
from server.services.referrals import SlipFields
from server.services.seating import Seated

if TYPE_CHECKING:
    from server.demo.mornings import Morning
    from server.demo.story import Story

REMEMBERED = 8
"""So many people of a morning write down something about somebody."""
ONE_TO_ONES = 4
LEADS = (ReferralState.GIVEN, ReferralState.ACCEPTED, ReferralState.CONTACTED, ReferralState.NO_ANSWER)
"""Where slips stand whose prospect was not asked: the third of a morning is one."""
FOUNDER_GIVES, FOUNDER_GETS = (10, 6, 3, 1), (11, 7, 4, 2, 1)
"""Weeks ago when a slip of the founder's was among those of the morning."""
STAY = (StayInTouch.YES,) * 6 + (StayInTouch.MAYBE,) * 3 + (StayInTouch.NO,)
SETTLED, DROPPED = 0.62, 0.08
"""How many promises are kept, and how many are let go."""


def _pairs(story: "Story", morning: "Morning", count: int) -> list[tuple[PersonId, Seated]]:
    """People who sat together, each owner once; the founder, whose pages the demo opens with, is always among them."""
    founder = story.people[0].id
    others = sorted(set(morning.partners) - {founder})
    owners = story.chance.sample(others, count - 1) + [founder] * (founder in morning.partners)
    return [(owner, story.chance.choice(morning.partners[owner])) for owner in owners if morning.partners[owner]]


def remember(story: "Story", morning: "Morning") -> None:
    """Before they leave people write down whom they met, one at home; in the days after, they do what they said."""
    for number, (owner, other) in enumerate(_pairs(story, morning, REMEMBERED)):
        jotting = Jotting(
            note=story.chance.choice(words.NOTES) if story.chance.random() < 0.5 else None,
            stay=story.chance.choice(STAY),
            promise=story.chance.choice(words.PROMISES) if story.chance.random() < 0.55 else None,
        )
        moment = story.moment(morning.day, "08:25", timedelta(minutes=story.chance.randint(0, 37)))
        if number == 0:
            moment = story.moment(morning.day, "19:00", timedelta(minutes=story.chance.randint(0, 90)))
        story.at(moment, partial(_write_down, story, morning, owner, other.person_uid, jotting))
        if jotting.promise:
            _settle_later(story, morning.day, owner)
    for one, other in _pairs(story, morning, ONE_TO_ONES):
        _meet_later(story, morning.day, one, other)
    story.at(story.moment(morning.day, "21:00", timedelta(days=5)), partial(_tidy, story, story.people[0].id))


def _write_down(story: "Story", morning: "Morning", owner: PersonId, about: Uid, jotting: Jotting) -> None:
    contacts.write_down(story.ctx, meeting_id=morning.id, owner=owner, about=about, jotting=jotting)


def _settle_later(story: "Story", day: date, owner: PersonId) -> None:
    chance = story.chance.random()
    if chance > SETTLED + DROPPED:
        return
    command = FollowUpCommand.DO if chance < SETTLED else FollowUpCommand.DROP
    moment = story.moment(day, "17:00", timedelta(days=story.chance.randint(1, 8), minutes=story.chance.randint(0, 90)))
    story.at(moment, partial(_tick_oldest, story, owner, command))


def _tick_oldest(story: "Story", owner: PersonId, command: FollowUpCommand) -> None:
    page = owed.page(story.ctx, story.group_id, owner, private=True)
    promised = [each for each in (*page.late, *page.coming) if each.kind is FollowUpKind.PROMISE]
    if promised:
        oldest = min(promised, key=lambda each: each.created_at)
        follow_ups.tick(story.ctx, group_id=story.group_id, owner=owner, uid=oldest.uid, command=command)


def _tidy(story: "Story", owner: PersonId) -> None:
    """Whoever organises lets go on Sunday evening of the coffees that came to nothing."""
    for each in owed.page(story.ctx, story.group_id, owner, private=True).late:
        if each.kind is FollowUpKind.ONE_TO_ONE:
            follow_ups.tick(story.ctx, group_id=story.group_id, owner=owner, uid=each.uid, command=FollowUpCommand.DROP)


def _meet_later(story: "Story", day: date, one: PersonId, other: Seated) -> None:
    held = day + timedelta(days=story.chance.randint(2, 12))
    place = story.chance.choice(words.CAFES)
    first = story.moment(held, "18:00", timedelta(minutes=story.chance.randint(0, 120)))
    story.at(first, partial(_say_held, story, one, other.person_uid, held, place))
    if story.chance.random() < 0.85:
        uid = next(who.uid for who in story.people.values() if who.id == one)
        story.at(first + timedelta(hours=15), partial(_say_held, story, other.person_id, uid, held, place))


def _say_held(story: "Story", teller: PersonId, other: Uid, held: date, place: str) -> None:
    one_to_ones.say_held(story.ctx, group_id=story.group_id, teller=teller, other=other, held_on=held, place=place)


def give_slips(story: "Story", morning: "Morning") -> None:
    """The slips of a morning, each from somebody to a table partner whose work goes with the prospect's need."""
    for number, target in enumerate(words.SLIPS.get(morning.weeks_ago, ())):
        giver, receiver = _give_to(story, morning, number)
        fields = _fields(story, receiver, target, lead=number == 2 and target in LEADS)
        answer = referrals.write(
            story.ctx,
            group_id=story.group_id,
            giver=giver,
            to=receiver.person_uid,
            fields=fields,
            give=target is not ReferralState.DRAFT,
        )
        moment = story.clock.now
        for step in words.WAYS[target]:
            moment = _office_hours(story, moment + timedelta(days=story.chance.randint(1, 4)))
            story.at(moment, partial(_move, story, receiver.person_id, Uid(answer["uid"]), step))


def _give_to(story: "Story", morning: "Morning", number: int) -> tuple[PersonId, Seated]:
    """Two members who sat together; of some mornings the founder gives the first slip or gets the second."""
    members = {who.id for place, who in story.people.items() if place in story.members}
    founder = story.people[0].id
    pairs = [
        (giver, receiver)
        for giver in sorted(members & set(morning.partners))
        for receiver in morning.partners[giver]
        if receiver.person_id in members
    ]
    weeks = FOUNDER_GIVES if number == 0 else FOUNDER_GETS
    own = [pair for pair in pairs if founder == (pair[0] if number == 0 else pair[1].person_id)]
    others = [(giver, receiver) for giver, receiver in pairs if founder not in (giver, receiver.person_id)]
    return story.chance.choice(own if own and number < 2 and morning.weeks_ago in weeks else others)


def _fields(story: "Story", receiver: Seated, target: ReferralState, *, lead: bool) -> SlipFields:
    given, family = story.prospect()
    level = 1 if lead else story.chance.choices((1, 2, 3, 4, 5), (2, 3, 4, 3, 2))[0]
    wish = receiver.offers[0].lower() + receiver.offers[1:]
    reach = f"{names.query_words(given)[0]}@prospect.example"
    if story.chance.random() < 0.6:
        reach = f"+44 7700 900{story.chance.randrange(1000):03d}"
    return SlipFields(
        need=story.chance.choice(words.NEEDS) % wish,
        level=level,
        vouch=story.chance.choice(("used_it", "saw_the_work", "heard_of_it")),
        consent=not lead,
        prospect_name=f"{given} {family}",
        reach="" if target is ReferralState.DRAFT else reach,
        comments=story.chance.choice(words.COMMENTS),
    )


def _office_hours(story: "Story", moment: datetime) -> datetime:
    day = moment.astimezone(story.zone).date()
    return story.moment(day, "08:30", timedelta(minutes=story.chance.randint(0, 560)))


def _move(story: "Story", receiver: PersonId, uid: Uid, to: ReferralState) -> None:
    slip = slips.look(story.ctx, receiver, uid)
    assert slip is not None, "written by this story"
    referrals.move(
        story.ctx,
        group_id=story.group_id,
        actor=receiver,
        uid=uid,
        version=slip.version,
        to=to,
        note=story.chance.choice(words.SAID[to]),
        reason=words.REASONS.get(to, ""),
    )
