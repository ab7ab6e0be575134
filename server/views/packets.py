"""Seed packets: printed for everybody by the organiser, for oneself from the phone; and what comes back at a door."""

from collections.abc import Iterable

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, gettext

from server.domain.access import Verb
from server.domain.errors import RuleViolation
from server.domain.vocabulary import ContactField, Uid
from server.services import attendance, groups, meetings, packets, print_setup
from server.services.meetings import MeetingView
from server.services.packets import MetLine, PacketText, PacketTexts, PacketView, PacketWords, Printed
from server.views import forms, guards, languages, pages, phone_words, print_room
from server.views.guards import Visit

bp = Blueprint("packets", __name__)


@bp.get("/o/<meeting>/packets")
@guards.needs(Verb.PRINT)
def prepare(visit: Visit) -> str:
    """How many sheets the packets of a meeting take, what is on them and what is not."""
    meeting, people, printed = _for_everybody(visit)
    return render_template(
        "organiser/packets.html",
        meeting=meeting,
        people=people,
        pages=printed.sheets if printed else 0,
        warnings=[print_room.said_warning(one) for one in printed.warnings] if printed else [],
    )


@bp.get("/o/<meeting>/packets.pdf")
@guards.needs(Verb.PRINT)
def print_all(visit: Visit) -> ResponseReturnValue:
    """The packets of everybody who came, by name."""
    meeting, _, printed = _for_everybody(visit)
    if printed is None:
        raise RuleViolation("print_nobody")
    return _pdf(printed, f"{meeting.slug}-packets")


@bp.get("/me/<meeting>/packet.pdf")
@guards.needs(Verb.ATTEND)
def print_own(visit: Visit) -> ResponseReturnValue:
    """One's own packet, with what others opened to oneself and one's promises where they may travel."""
    with visit.ctx.one_moment() as ctx:
        meeting, found = packets.for_one(ctx, visit.meeting_id, visit.person_id, private=visit.secure)
        paper = print_setup.setup(ctx, visit.group_id).paper
    printed = packets.print_packets(packet_texts([found]), packet_words(meeting, languages.current()), paper=paper)
    return _pdf(printed, f"{meeting.slug}-packet")


@bp.get("/desk/<meeting>/packets")
@guards.needs(Verb.SEARCH_ROOM)
def returned(visit: Visit) -> str:
    """Somebody brings a packet back: who, and the codes of the ticked lines."""
    with visit.ctx.reading() as db:
        meeting = meetings.view(db, visit.meeting_id)
    people = attendance.everybody(visit.ctx, visit.meeting_id)
    return render_template(
        "front_desk/packets.html",
        meeting=meeting,
        people=[(each.uid, each.name) for each in sorted(people, key=lambda each: not each.in_room)],
        done=[int(request.args[name]) for name in ("promises", "in_touch") if request.args.get(name, "").isdecimal()],
        values=forms.typed({"who": "", "codes": ""}),
    )


@bp.post("/desk/<meeting>/packets")
@guards.needs(Verb.SEARCH_ROOM)
@forms.or_show_again(returned)
def bring_back(visit: Visit) -> ResponseReturnValue:
    """The ticked lines are written down."""
    body = {"who": forms.text("who", limit=16), "codes": forms.text("codes", limit=4000)}
    answer = packets.bring_back(
        visit.ctx,
        meeting_id=visit.meeting_id,
        attendance_uid=Uid(body["who"]),
        typed=body["codes"],
        op=visit.op("packet", body),
    )
    assert request.view_args is not None, "the address names the meeting"
    return redirect(url_for("packets.returned", meeting=request.view_args["meeting"], **answer), code=303)


def _for_everybody(visit: Visit) -> tuple[MeetingView, int, Printed | None]:
    """In the language of the group, whoever presses the button; for how many people, and nothing for nobody."""
    with visit.ctx.one_moment() as ctx, ctx.reading() as db:
        meeting, found = packets.for_everybody(ctx, visit.meeting_id)
        paper = print_setup.setup(ctx, visit.group_id).paper
        language = groups.view(db, visit.group_id).settings.language
    if not found:
        return meeting, 0, None
    with force_locale(language):
        texts, words = packet_texts(found), packet_words(meeting, language)
    return meeting, len(found), packets.print_packets(texts, words, paper=paper)


def packet_texts(found: Iterable[PacketView]) -> list[PacketTexts]:
    """What stands on each packet, in the language of the moment."""
    return [
        PacketTexts(
            packet.owner,
            tuple(PacketText(line.name, tuple(_details(line)), line.code) for line in packet.met),
            tuple(
                PacketText(
                    line.text,
                    (gettext("%(name)s, by %(day)s", name=line.about, day=phone_words.day_of(line.due_on)),),
                    line.code,
                )
                for line in packet.promised
            ),
        )
        for packet in found
    ]


def _details(line: MetLine) -> Iterable[str]:
    firm = phone_words.firm_of(line)
    if firm:
        yield firm
    yield phone_words.rounds_line(line.rounds)
    if looks_for := line.card.get(ContactField.LOOKS_FOR):
        yield gettext("Looks for: %(what)s", what=looks_for)
    if offers := line.card.get(ContactField.OFFERS):
        yield gettext("Offers: %(what)s", what=offers)
    if ways := [line.card[field] for field in (ContactField.EMAIL, ContactField.PHONE) if field in line.card]:
        yield " · ".join(ways)


def packet_words(meeting: MeetingView, language: str) -> PacketWords:
    """The words around it, in the language of the moment."""
    day = pages.local_day(meeting.starts_at, meeting.time_zone)
    return PacketWords(
        title=gettext("Seed packet"),
        occasion=meeting.name,
        when=f"{day} · {meeting.place}" if meeting.place else day,
        met=gettext("Whom I met"),
        met_hint=gettext("Tick with whom you want to stay in touch."),
        nobody=gettext("Nobody sat with you this time."),
        promised=gettext("What I promised"),
        promised_hint=gettext("Tick what is done."),
        notes=gettext("Notes"),
        bring_back=gettext(
            "Bring this packet to the next meeting. At the door the codes beside your ticks are typed in, and "
            "your list at home knows."
        ),
        fold=gettext("Fold the upper half to the back, then close it like a book."),
        language=language,
    )


def _pdf(printed: Printed, name: str) -> Response:
    response = Response(printed.pdf, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response
