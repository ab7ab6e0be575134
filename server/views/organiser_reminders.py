"""Writing to people one at a time: the text ready, "written" and its undo, how far it is; or all at once by mail."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale

from server.domain.access import Verb
from server.domain.errors import NotFound
from server.domain.messages import MessageKind, MessageState
from server.domain.vocabulary import Standing
from server.services import groups, mailing, meetings, reminders
from server.services.groups import GroupSettings
from server.services.meetings import MeetingView
from server.services.reminders import Letter, Recipient
from server.views import addresses, forms, guards, message_words
from server.views.guards import Visit
from server.views.organiser import bp as bp
from server.views.ready_messages import Ready

_KINDS = "<any(reminder, moved_up):kind>"


@bp.get(f"/<meeting>/messages/{_KINDS}")
@guards.needs(Verb.PREPARE_MEETING)
def write_to(visit: Visit, kind: str, uid: str = "") -> str:
    """The next person with the text for them, and everybody with how far it is. `to`: somebody else first.

    `uid`: of a button that was refused.
    """
    which = MessageKind(kind)
    with visit.ctx.one_moment() as ctx:
        meeting, _agenda = meetings.show(ctx, visit.meeting_id)
        people = reminders.listed(ctx, visit.meeting_id, which)
        group = _group(visit)
    wanted = uid or request.args.get("to", "")
    chosen = next((each for each in people if each.uid == wanted), None) or next(
        (each for each in people if each.state in (MessageState.OPEN, MessageState.FAILED)), None
    )
    letter = letter_to(visit, which, meeting, group, chosen) if chosen else None
    return render_template(
        "organiser/write_to.html",
        meeting=meeting,
        kind=which,
        title=message_words.TITLES[which],
        people=people,
        chosen=chosen,
        ready=Ready(letter.subject, letter.text, chosen.email, chosen.phone) if chosen and letter else None,
        done=sum(each.state.is_done for each in people),
        mailing=mailing.is_set_up(visit.ctx),
        live=any(each.state is MessageState.SENDING for each in people),
        sendable=sum(bool(each.email) and not each.state.is_done for each in people),
        problem=message_words.problem,
    )


def _group(visit: Visit) -> GroupSettings:
    with visit.ctx.reading() as db:
        return groups.view(db, visit.group_id).settings


def letter_to(visit: Visit, kind: MessageKind, meeting: MeetingView, group: GroupSettings, person: Recipient) -> Letter:
    """What one person is told, in the language of the group."""
    link = ""
    if person.own_link:
        link = addresses.for_phones(visit, "registration.own", link=person.own_link)
    elif person.standing is Standing.MEMBER:
        link = addresses.for_phones(visit, "member.meetings")
    with force_locale(group.language):
        return Letter(
            message_words.subject(kind, meeting),
            message_words.text(kind, meeting, given_name=person.given_name, group=group.name, link=link),
        )


@bp.post(f"/<meeting>/messages/{_KINDS}/<uid>/written")
@guards.needs(Verb.PREPARE_MEETING)
@forms.or_show_again(write_to)
def mark_written(visit: Visit, kind: str, uid: str) -> ResponseReturnValue:
    """Written by hand; the next person comes."""
    reminders.mark_written(visit.ctx, meeting_id=visit.meeting_id, kind=MessageKind(kind), attendance_uid=uid)
    return _back(kind)


@bp.post(f"/<meeting>/messages/{_KINDS}/<uid>/undone")
@guards.needs(Verb.PREPARE_MEETING)
@forms.or_show_again(write_to)
def take_written_back(visit: Visit, kind: str, uid: str) -> ResponseReturnValue:
    """Not written after all."""
    reminders.take_back(visit.ctx, meeting_id=visit.meeting_id, kind=MessageKind(kind), attendance_uid=uid)
    return _back(kind, to=uid)


@bp.post(f"/<meeting>/messages/{_KINDS}/send")
@guards.needs(Verb.PREPARE_MEETING)
@forms.or_show_again(write_to)
def send_letters(visit: Visit, kind: str) -> ResponseReturnValue:
    """All who have an address and were not written to get a letter."""
    which = MessageKind(kind)
    meeting, _agenda = meetings.show(visit.ctx, visit.meeting_id)
    group = _group(visit)
    people = [
        each for each in reminders.listed(visit.ctx, visit.meeting_id, which) if each.email and not each.state.is_done
    ]
    if not people:
        raise NotFound("nobody_to_write_to")
    reminders.send(
        visit.ctx,
        meeting_id=visit.meeting_id,
        kind=which,
        letters={each.uid: letter_to(visit, which, meeting, group, each) for each in people},
        name=group.name,
    )
    return _back(kind)


def _back(kind: str, to: str | None = None) -> ResponseReturnValue:
    assert request.view_args is not None, "the address names the meeting"
    meeting = request.view_args["meeting"]
    return redirect(url_for("organiser.write_to", meeting=meeting, kind=kind, to=to), code=303)
