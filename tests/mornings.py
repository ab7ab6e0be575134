"""A whole morning for tests: an open meeting with the cast on its list, and another group beside it."""

from dataclasses import dataclass
from typing import Any

from server.domain.vocabulary import MeetingId, PersonId, Role, Standing, Uid
from server.services import badges
from server.services.context import Context, Tx
from tests import builders
from tests.cast import DORA, FIONA, MAX, MIRA, OLGA, SAM, VIK


@dataclass
class Morning:
    """An open meeting of a group with the cast on its list, and Sam's group beside it."""

    ctx: Context
    meeting_id: MeetingId
    meeting_uid: Uid
    group_id: int
    people: dict[str, PersonId]
    attendances: dict[str, Uid]
    codes: dict[str, str]
    """Badge codes by given name."""
    other_group_id: int
    other_meeting_uid: Uid
    tokens: dict[str, str]
    """Session tokens by given name (Dora's is a door's, Fiona's a facilitator's, "display" a display's)."""


def make_morning(ctx: Context) -> Morning:
    """Everything a morning needs, over an empty database."""

    def work(tx: Tx) -> dict[str, Any]:
        group = builders.a_group(tx)
        olga = builders.an_organiser(tx, group, OLGA)
        people = {"Olga": olga}
        people |= {who.given: builders.a_member(tx, group, who) for who in (FIONA, DORA, MIRA, MAX)}
        people["Vik"] = builders.a_member(tx, group, VIK, Standing.VISITOR)
        meeting = builders.a_meeting(tx, group)
        standings = {name: Standing.VISITOR if name == "Vik" else Standing.MEMBER for name in people}
        rows = {
            name: builders.an_attendance(
                tx,
                meeting,
                person,
                standings[name],
                invited_by_id=people["Mira"].id if name == "Vik" else None,
            )
            for name, person in people.items()
        }
        made = badges.issue(
            ctx,
            tx,
            [(person.id, standings[name]) for name, person in people.items()],
            group_id=group.id,
            meeting_id=meeting.id,
        )
        other = builders.a_group(tx, "Elsewhere")
        sam = builders.an_organiser(tx, other, SAM)
        foreign = builders.a_meeting(tx, other)
        sams = badges.issue(ctx, tx, [(sam.id, Standing.MEMBER)], group_id=other.id, meeting_id=foreign.id)
        codes = {name: badges.code_of(ctx, made[person.id]) for name, person in people.items()}
        return {
            "meeting_id": MeetingId(meeting.id),
            "meeting_uid": Uid(meeting.uid),
            "group_id": group.id,
            "people": {name: PersonId(p.id) for name, p in people.items()} | {"Sam": PersonId(sam.id)},
            "attendances": {name: Uid(row.uid) for name, row in rows.items()},
            "codes": codes | {"Sam": badges.code_of(ctx, sams[sam.id])},
            "other_group_id": other.id,
            "other_meeting_uid": Uid(foreign.uid),
        }

    made = ctx.transaction(work)
    here = {"group_id": made["group_id"], "meeting_id": made["meeting_id"]}
    people = made["people"]
    tokens = {
        "Olga": builders.signed_in(ctx, people["Olga"]),
        "Mira": builders.signed_in(ctx, people["Mira"]),
        "Max": builders.signed_in(ctx, people["Max"]),
        "Vik": builders.signed_in(ctx, people["Vik"]),
        "Sam": builders.signed_in(ctx, people["Sam"]),
        "Dora": builders.signed_in(ctx, None, label="Door 1", role=Role.GREETER, **here),
        "Fiona": builders.signed_in(ctx, people["Fiona"], role=Role.FACILITATOR, **here),
        "display": builders.signed_in(ctx, None, label="Display", role=Role.DISPLAY, **here),
    }
    return Morning(ctx=ctx, tokens=tokens, **made)
