"""Which way a line is read; the expected order is what browsers show."""

import pytest

from printables.direction import visual


def shown(text: str) -> str:
    """The line as it stands on paper, from left to right."""
    return "".join(piece[::-1] if is_leftward else piece for piece, is_leftward in visual(text))


@pytest.mark.parametrize("text", ["", "Anna", "Żółć 12", "12", "(Anna) & 3", "山田", "अनिता"])
def test_most_lines_stand_as_they_were_typed(text: str) -> None:
    assert visual(text) == ([(text, False)] if text else [])


@pytest.mark.parametrize(
    ("typed", "on_paper"),
    [
        ("אבג", "גבא"),
        ("אב גד", "דג בא"),
        ("Anna אבג", "Anna גבא"),
        ("אבג Anna", "Anna גבא"),
        ("Anna אב גד Bruno", "Anna דג בא Bruno"),
        ("אב 12 גד", "דג 12 בא"),
        ("ACME אבג 12 GmbH", "ACME 12 גבא GmbH"),
        ("שלום 1,234.50", "1,234.50 םולש"),
        ("אב 10-20 גד", "דג 10-20 בא"),
        ("محمد 12", "12 دمحم"),
        ("محمد 10-20", "20-10 دمحم"),
        ("אב €20", "€20 בא"),
        ("אב 20%", "20% בא"),
        ("Anna (אב)", "Anna (בא)"),
        ("אב! Anna", "Anna !בא"),
        ("אב\u05b8ג", "ג\u05b8בא"),
        ("1 אב", "בא 1"),
    ],
)
def test_arabic_and_hebrew_run_the_other_way_but_numbers_in_them_do_not(typed: str, on_paper: str) -> None:
    assert shown(typed) == on_paper
