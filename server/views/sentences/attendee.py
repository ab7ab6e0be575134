"""Refusals of the feature: attendee."""

SENTENCES: dict[str, str] = {}
