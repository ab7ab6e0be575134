"""Every blueprint, in one list."""

from flask import Blueprint

from server.views import attendee, display, facilitator, front_desk, public, state

ALL: tuple[Blueprint, ...] = (public.bp, state.bp, attendee.bp, front_desk.bp, facilitator.bp, display.bp)
