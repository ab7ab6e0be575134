"""The short codes of seed packets: written down the same way every time, read however they are typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain import packets
from server.domain.badge_code import ALPHABET
from server.domain.errors import RuleViolation


@given(st.binary(min_size=8, max_size=32))
def test_a_code_has_six_characters_that_are_read_as_they_were_made(digest: bytes) -> None:
    code = packets.code(digest.hex())
    assert len(code) == packets.LENGTH
    assert set(code) <= set(ALPHABET)
    assert packets.read(code) == (code,)
    assert packets.code(digest.hex()) == code


def test_codes_differ_where_what_they_stand_for_differs() -> None:
    assert len({packets.code(f"{number:064x}"[::-1]) for number in range(500)}) == 500


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("K7M4XW", ("K7M4XW",)),
        ("k7m 4xw", ("K7M4XW",)),
        ("K7M-4XW, 9qk 2zt", ("K7M4XW", "9QK2ZT")),
        ("K7M 4XW\r\n\n9QK 2ZT;", ("K7M4XW", "9QK2ZT")),
        ("K7M 4XW 9QK 2ZT", ("K7M4XW", "9QK2ZT")),
        ("KOM 4IL", ("K0M411",)),
        ("K7M4XW\nK7M 4XW", ("K7M4XW",)),
    ],
)
def test_codes_are_read_however_they_are_typed(typed: str, read: tuple[str, ...]) -> None:
    assert packets.read(typed) == read


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "packet_codes_missing"),
        (" ,\n", "packet_codes_missing"),
        ("K7M4X", "packet_code_malformed"),
        ("K7M4XW9", "packet_code_malformed"),
        ("K7M4XU", "packet_code_malformed"),
        ("K7M4XW\n12", "packet_code_malformed"),
        ("0" * 6 * 201, "packet_codes_too_many"),
    ],
)
def test_what_is_no_code_is_refused(typed: str, code: str) -> None:
    with pytest.raises(RuleViolation) as refused:
        packets.read(typed)
    assert refused.value.code == code
