"""The address inside a code: what is accepted, what is refused, how it is written."""

import pytest

from printables import address
from printables.model import PrintRefused


@pytest.mark.parametrize(
    ("base_url", "payload"),
    [
        ("https://meet.example.org", "https://MEET.EXAMPLE.ORG/B/7Q3FB2XW9KTRA"),
        ("https://Meet.Example.org/", "https://MEET.EXAMPLE.ORG/B/7Q3FB2XW9KTRA"),
        ("http://venue.local:8090", "http://VENUE.LOCAL:8090/B/7Q3FB2XW9KTRA"),
        ("HTTPS://meet.example.org", "https://MEET.EXAMPLE.ORG/B/7Q3FB2XW9KTRA"),
        ("https://łódź.example.pl", "https://XN--D-UGA0V4H.EXAMPLE.PL/B/7Q3FB2XW9KTRA"),
    ],
)
def test_the_scheme_is_small_and_the_rest_is_capitals(base_url: str, payload: str) -> None:
    assert address.parse(base_url).payload("7Q3FB2XW9KTRA") == payload


@pytest.mark.parametrize("base_url", ["", "   "])
def test_without_a_base_address_nothing_is_printed(base_url: str) -> None:
    with pytest.raises(PrintRefused, match="no base address") as refused:
        address.parse(base_url)
    assert refused.value.code == "no_base_url"


@pytest.mark.parametrize(
    "base_url",
    [
        "meet.example.org",
        "ftp://meet.example.org",
        "https://",
        "https://meet.example.org/coltiva",
        "https://meet.example.org?x=1",
        "https://me@meet.example.org",
        "https://meet_us.example.org",
        "https://meet.example.org:port",
        "https://" + "a" * 70 + ".org",
    ],
)
def test_only_a_scheme_and_a_name_make_a_base_address(base_url: str) -> None:
    with pytest.raises(PrintRefused) as refused:
        address.parse(base_url)
    assert refused.value.code == "bad_base_url"


@pytest.mark.parametrize("base_url", ["http://192.168.1.20:8090", "https://10.0.0.1", "http://[fd00::1]"])
def test_a_bare_address_is_refused(base_url: str) -> None:
    with pytest.raises(PrintRefused) as refused:
        address.parse(base_url)
    assert refused.value.code == "bare_address"


def test_a_bare_address_can_be_forced() -> None:
    forced = address.parse("http://192.168.1.20:8090", force=True)
    assert forced.payload("7Q3FB2XW") == "http://192.168.1.20:8090/B/7Q3FB2XW"


def test_localhost_is_known_to_reach_this_computer_only() -> None:
    assert address.parse("http://localhost:8090").is_local
    assert not address.parse("https://localhost.example.org").is_local


def test_codes_are_read_as_people_write_them() -> None:
    assert address.clean_code(" k7m4-2xw9 tr3cb") == "K7M42XW9TR3CB"


def test_codes_are_shown_in_groups_that_give_the_code_back() -> None:
    assert address.grouped("K7M42XW9TR3CB") == "K7M4 2XW9 TR3CB"
    for length in range(8, 17):
        code = "0123456789ABCDEF"[:length]
        groups = address.grouped(code).split()
        assert "".join(groups) == code
        assert all(3 <= len(group) <= 5 for group in groups)
