"""How a rule says no.

A refusal is a stable code with parameters, never a sentence: the words are chosen by whoever speaks to the
person, in their language. Codes are snake_case and listed with their sentences in `server.views.messages`.
"""


class RuleViolation(Exception):
    """A rule of the meeting refuses what was asked. `code` is stable, `params` name what it is about."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params

    def __str__(self) -> str:
        details = ", ".join(f"{key}={value}" for key, value in self.params.items())
        return f"{self.code} ({details})" if details else self.code


class NotAllowed(RuleViolation):
    """The actor may not do this here. Says nothing about whether the thing exists."""


class NotFound(RuleViolation):
    """There is no such thing in this group, or none that this actor may see."""


class WrongPhase(RuleViolation):
    """The thing exists but is not in a state in which this can be done."""


class Conflict(RuleViolation):
    """Somebody else was first, or the same operation id came back with another body."""
