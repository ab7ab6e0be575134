"""Every blueprint, in one list."""

from flask import Blueprint

from server.views import front_desk, public, state

ALL: tuple[Blueprint, ...] = (public.bp, state.bp, front_desk.bp)
