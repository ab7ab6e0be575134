"""Refusals of the feature: facilitator."""

SENTENCES: dict[str, str] = {}
