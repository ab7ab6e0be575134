"""Presentations on the wire: whose turn it is and the clock, for every screen. First names and initials only."""

from datetime import timedelta

from server.domain.speaking import TalkPhase, Turn
from server.domain.vocabulary import MeetingId
from server.services import speaking
from server.services.context import Context, Json
from server.services.speaking import TalkView, Voice
from server.wire.times import ms

_MILLISECOND = timedelta(milliseconds=1)


def talk(ctx: Context, meeting_id: MeetingId) -> Json | None:
    """The section `talk`; None when no rota goes on."""
    found = speaking.read(ctx, meeting_id)
    return None if found is None else talk_of(found)


def talk_of(found: TalkView) -> Json:
    """The same of a rota that was read already."""
    rota, clock = found.rota, found.rota.clock
    # The clock of whoever spoke last is nobody's any more.
    done = rota.phase is TalkPhase.DONE
    coming = next(iter(rota.waiting), None)
    return {
        "number": rota.number,
        "of": rota.of,
        "phase": rota.phase.value,
        "starts_at": None if done else ms(clock.starts_at),
        "ends_at": None if done else ms(clock.ends_at),
        "remaining_ms": None if done or clock.remaining is None else round(clock.remaining / _MILLISECOND),
        "length_ms": round((rota.each if done else clock.length) / _MILLISECOND),
        "version": rota.version,
        "who": None if rota.at is None else _who(found, rota.at),
        "next": None if coming is None else _next(found.voices[coming.who]),
        "over_ms": round(rota.over / _MILLISECOND),
    }


def _who(found: TalkView, turn: Turn) -> Json:
    voice = found.voices[turn.who]
    return _next(voice) | {"standing": voice.standing.value, "introduced_by": voice.introduced_by}


def _next(voice: Voice) -> Json:
    return {"short": voice.short, "company": voice.company}
