"""Refusals of the feature: referrals."""

SENTENCES: dict[str, str] = {}
