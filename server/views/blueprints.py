"""Every blueprint, in one list."""

from flask import Blueprint

from server.views import (
    attendee,
    display,
    expected,
    facilitator,
    figures,
    front_desk,
    member_owed,
    organiser,
    organiser_group,
    organiser_people,
    paper,
    public,
    state,
)

ALL: tuple[Blueprint, ...] = (
    public.bp,
    state.bp,
    attendee.bp,
    front_desk.bp,
    facilitator.bp,
    display.bp,
    organiser.bp,
    expected.bp,
    paper.bp,
    figures.bp,
    organiser_group.bp,
    organiser_people.bp,
    member_owed.bp,  # with the board of `member`, whose blueprint it is
)
