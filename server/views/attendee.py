"""The attendee's phone: the badge that opens it, the meeting on it, people met, one's own card.

Every write works as a form and comes back to its page; a script sends the same as JSON and stays where it is.
"""

from datetime import date
from typing import Any

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from server.domain.access import Verb
from server.domain.errors import NotAllowed, RuleViolation
from server.domain.vocabulary import ContactField, MeetingStatus, StayInTouch, Uid
from server.services import attendance, consents, contacts, exchanges, meetings, people, phones, sessions
from server.services.context import Json
from server.views import forms, guards, languages, messages, phone_words
from server.views.guards import Visit
from server.views.public import device_label, signed_in
from server.wire import exchanges as wire
from server.wire import phone as phones_wire

bp = Blueprint("attendee", __name__)
OWN_FIELDS = ("given_name", "family_name", "company", "sector", "looks_for", "offers", "email", "phone")
PRIVATE_FIELDS = frozenset({"email", "phone"})


@bp.get("/B/<code>")
@bp.get("/b/<code>")
@guards.anyone
def badge(visit: Visit, code: str) -> ResponseReturnValue:
    """A badge was opened, most often by a phone's own camera app. Changes nothing; names nobody to strangers."""
    look = phones.look(visit.ctx, badge_text=code, actor=visit.actor)
    if look.kind == "own":
        return redirect(url_for("attendee.phone", meeting=look.meeting_uid))
    if look.kind == "other":
        return redirect(url_for("attendee.person", meeting=look.meeting_uid, person=look.person_uid, scanned=1))
    page = render_template("attendee/badge.html", kind=look.kind, code=code)
    return (page, 404) if look.kind == "stranger" else page


@bp.post("/B/<code>/phone")
@guards.anyone
@forms.or_show_again(badge)
def claim(visit: Visit, code: str) -> ResponseReturnValue:
    """The first phone soon after the check-in becomes the person's."""
    opened = phones.claim(visit.ctx, badge_text=code, label=device_label())
    return _joined(visit, opened, code)


@bp.post("/B/<code>/code")
@guards.anyone
@forms.or_show_again(badge)
def claim_with_code(visit: Visit, code: str) -> ResponseReturnValue:
    """The six digits from the door's screen make this phone the person's."""
    digits = forms.text("digits", limit=20)
    opened = phones.claim_with_code(visit.ctx, badge_text=code, digits=digits, label=device_label())
    return _joined(visit, opened, code)


def _joined(visit: Visit, opened: sessions.Opened, code: str) -> ResponseReturnValue:
    if visit.actor.session_uid:
        sessions.sign_out(visit.ctx, session_uid=visit.actor.session_uid)
    return signed_in(opened, url_for("attendee.badge", code=code))


@bp.get("/me/<meeting>")
@guards.needs(Verb.ATTEND)
def phone(visit: Visit) -> str:
    """The meeting on a phone: before, in a round, between two, and afterwards the people met."""
    with visit.ctx.one_moment() as ctx:
        first = phones_wire.first(ctx, visit.meeting_id, visit.person_id, private=visit.secure)
        snapshot, scene = first.snapshot, phones_wire.scene(first.snapshot)
        page: dict[str, Any] = {"first": first, "snapshot": snapshot, "scene": scene} | _swaps(snapshot)
        if scene["kind"] == "after":
            met = contacts.met(ctx, visit.meeting_id, visit.person_id)
            listed = {view.uid for view in met}
            page |= {"met": met, "asks": phone_words.waiting(page["by_person"], listed, mine_too=True)}
            return render_template("attendee/after.html", **page)
        if scene["kind"] == "before":
            with ctx.reading() as db:
                page |= {"meeting": meetings.view(db, visit.meeting_id)}
            page |= {"in_room": attendance.counts(ctx, visit.meeting_id).in_room}
    return render_template("attendee/phone.html", **page, **_at_the_table(page))


def _at_the_table(page: dict[str, Any]) -> dict[str, Any]:
    """The partners of the scene, and the exchanges with everybody else."""
    own, shown = page["snapshot"]["me"].get("rounds", {}), page["scene"]["shown"]
    partners = own[str(shown)]["with"] if shown else []
    listed = {who["person"] for who in partners}
    return {
        "partners": partners,
        "asks": phone_words.waiting(page["by_person"], listed),
        "others": phone_words.exchanged(page["by_person"], listed),
        "ring_of": phone_words.ring_of(page["snapshot"]["clock"], page["first"].server_now),
    }


@bp.get("/me/<meeting>/joined")
@guards.needs(Verb.ATTEND)
def joined(visit: Visit) -> ResponseReturnValue:
    """How many are in the room, for a phone that waits."""
    return jsonify(in_room=attendance.counts(visit.ctx, visit.meeting_id).in_room)


@bp.get("/me/<meeting>/people/<person>")
@guards.needs(Verb.ATTEND)
def person(visit: Visit, person: str) -> str:
    """Somebody of the same meeting: exchange contacts, keep a note and a promise."""
    with visit.ctx.one_moment() as ctx:
        about = contacts.about(ctx, visit.meeting_id, visit.person_id, Uid(person))
        with ctx.reading() as db:
            meeting = meetings.view(db, visit.meeting_id)
        circle = exchanges.of_person(ctx, visit.meeting_id, visit.person_id)
    found = wire.of_circle(circle, private=visit.secure)
    return render_template(
        "attendee/person.html",
        about=about,
        meeting=meeting,
        opened=circle.opened,
        scanned="scanned" in request.args,
        values=forms.typed(),
        **_swaps({"meeting": {"uid": meeting.uid, "status": meeting.status.value}, "exchanges": found}),
    )


def _swaps(snapshot: Json) -> dict[str, Any]:
    """What the exchange controls of a page need: the entry of each person, and what it offers."""
    by_person = {entry["with"]["person"]: entry | {"uid": uid} for uid, entry in snapshot["exchanges"].items()}
    is_open = snapshot["meeting"]["status"] == MeetingStatus.OPEN.value
    return {
        "by_person": by_person,
        "is_open": is_open,
        "meeting_uid": snapshot["meeting"]["uid"],
        "swap_of": lambda person: phones_wire.swap(by_person.get(person), open_=is_open),
        **phone_words.WORDS,
    }


def _body() -> Json:
    """What was sent, by a script or by a form."""
    if messages.wants_json():
        return forms.json_body()
    return {key: value for key, value in request.form.items() if key not in {"csrf_token", "op"}}


def _text(body: Json, name: str, limit: int) -> str | None:
    return forms.json_text(body, name, limit=limit) if name in body else None


def _done(visit: Visit, answer: Json, back: str) -> ResponseReturnValue:
    """A script gets the answer and the section as it is now; a form goes back to its page."""
    if messages.wants_json():
        found = wire.patch(visit.ctx, visit.meeting_id, visit.person_id, private=visit.secure)
        return jsonify(ok=True, **answer, exchanges=found)
    return redirect(back, code=303)


def _back(visit: Visit, body: Json) -> str:
    """The page a form came from: that of one person, or the phone's."""
    meeting = request.view_args["meeting"] if request.view_args else ""
    uid = forms.json_text(body, "back", limit=16)
    if uid:
        return url_for("attendee.person", meeting=meeting, person=uid)
    return url_for("attendee.phone", meeting=meeting)


@bp.post("/me/<meeting>/exchanges")
@guards.needs(Verb.ATTEND)
def ask(visit: Visit) -> ResponseReturnValue:
    """Ask somebody for their contacts: `{person}`."""
    body = _body()
    answer = exchanges.ask(
        visit.ctx,
        meeting_id=visit.meeting_id,
        asker=visit.person_id,
        asked=Uid(forms.json_text(body, "person", limit=16)),
        op=visit.op("ask", body),
    )
    return _done(visit, answer, _back(visit, body))


@bp.post("/me/<meeting>/exchanges/<exchange>/accept")
@guards.needs(Verb.ATTEND)
def accept(visit: Visit, exchange: str) -> ResponseReturnValue:
    """Say yes to a request."""
    return _answer(visit, exchange, accept=True)


@bp.post("/me/<meeting>/exchanges/<exchange>/decline")
@guards.needs(Verb.ATTEND)
def decline(visit: Visit, exchange: str) -> ResponseReturnValue:
    """Say not now to a request."""
    return _answer(visit, exchange, accept=False)


def _answer(visit: Visit, exchange: str, *, accept: bool) -> ResponseReturnValue:
    body = _body()
    answer = exchanges.answer(
        visit.ctx,
        meeting_id=visit.meeting_id,
        person_id=visit.person_id,
        exchange=Uid(exchange),
        accept=accept,
        op=visit.op(f"answer {exchange} {accept}", body),
    )
    return _done(visit, answer, _back(visit, body))


@bp.post("/me/<meeting>/exchanges/<exchange>/withdraw")
@guards.needs(Verb.ATTEND)
def withdraw(visit: Visit, exchange: str) -> ResponseReturnValue:
    """Take a request or an exchange back."""
    body = _body()
    answer = exchanges.withdraw(
        visit.ctx,
        meeting_id=visit.meeting_id,
        person_id=visit.person_id,
        exchange=Uid(exchange),
        op=visit.op(f"withdraw {exchange}", body),
    )
    return _done(visit, answer, _back(visit, body))


@bp.post("/me/<meeting>/people/<person>")
@guards.needs(Verb.ATTEND)
@forms.or_show_again(person)
def write_down(visit: Visit, person: str) -> ResponseReturnValue:
    """A note, a promise with its day, the answer to "stay in touch?"; only what is sent changes."""
    body = _body()
    jotting = contacts.Jotting(
        note=_text(body, "note", contacts.NOTE_MOST * 2),
        stay=_stay(_text(body, "stay", 8)),
        promise=_text(body, "promise", contacts.PROMISE_MOST * 2),
        due_on=_day(_text(body, "due_on", 10)),
    )
    if not visit.secure and (jotting.note is not None or jotting.promise is not None):
        raise NotAllowed("private_line_needed")
    answer = contacts.write_down(
        visit.ctx,
        meeting_id=visit.meeting_id,
        owner=visit.person_id,
        about=Uid(person),
        jotting=jotting,
        op=visit.op(f"write {person}", body),
    )
    return _done(visit, answer, _back(visit, body) + f"#p-{person}")


def _stay(text: str | None) -> StayInTouch | None:
    try:
        return StayInTouch(text) if text else None
    except ValueError:
        raise RuleViolation("stay_unknown", field="stay") from None


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise RuleViolation("date_needed", field="due_on") from None


@bp.get("/me/card")
@guards.needs(Verb.OWN_PAGES)
def card(visit: Visit) -> str:
    """One's own card, and the switches of what others may see."""
    own = contacts.own_card(visit.ctx, visit.person_id)
    sent = {name: value for name, value in vars(own.fields).items() if visit.secure or name not in PRIVATE_FIELDS}
    return render_template(
        "attendee/card.html",
        values=forms.typed({name: sent[name] for name in OWN_FIELDS if name in sent}),
        longest=people.LONGEST,
        switches=[
            {
                "field": field,
                "value": sent.get(field.value, ""),
                "hidden": field.value not in sent,
                "given": field in own.opened,
            }
            for field in consents.OFFERED
        ],
        saved="saved" in request.args,
    )


@bp.post("/me/card")
@guards.needs(Verb.OWN_PAGES)
@forms.or_show_again(card)
def change_card(visit: Visit) -> ResponseReturnValue:
    """Change one's own card; e-mail and phone only where they may travel."""
    allowed = [name for name in OWN_FIELDS if visit.secure or name not in PRIVATE_FIELDS]
    body = {name: request.form[name] for name in allowed if name in request.form}
    contacts.change_own_card(
        visit.ctx, person_id=visit.person_id, group_id=visit.group_id, change=body, op=visit.op("card", body)
    )
    return redirect(url_for("attendee.card", saved=1), code=303)


@bp.post("/me/consents")
@guards.needs(Verb.OWN_PAGES)
def consent(visit: Visit) -> ResponseReturnValue:
    """Open one field to others, or close it: `{field, given}`."""
    body = _body()
    try:
        field = ContactField(forms.json_text(body, "field", limit=16))
    except ValueError:
        raise RuleViolation("consent_unknown") from None
    if field not in consents.OFFERED:
        raise RuleViolation("consent_unknown")
    answer = consents.say(
        visit.ctx,
        person_id=visit.person_id,
        field=field,
        given=forms.json_text(body, "given", limit=1) == "1",
        language=languages.current(),
        channel="phone",
        op=visit.op("consent", body),
    )
    if messages.wants_json():
        return jsonify(ok=True, **answer)
    return redirect(url_for("attendee.card") + "#others", code=303)
