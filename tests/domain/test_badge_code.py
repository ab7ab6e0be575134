"""A badge's code is made the same way for ever, and read from whatever a scanner or a hand delivers."""

import hashlib
import hmac

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain import badge_code
from server.domain.errors import RuleViolation

KEY = bytes(range(32))
CODE = "7ZK4Q0M1XY9AB"

_codes = st.text(alphabet=badge_code.ALPHABET, min_size=13, max_size=13)


def _refusal(read, *arguments, **options):
    with pytest.raises(RuleViolation) as refused:
        read(*arguments, **options)
    return refused.value.code


def test_an_old_badge_scans_tomorrow():
    assert badge_code.make_code(KEY, "0123456789ABCDEF", 1) == "VJVC39HSCJ8XR"
    assert badge_code.make_code(KEY, "0123456789ABCDEF", 2) == "7HF3KJ6PQHM20"


def test_a_code_is_the_first_65_bits_of_the_hmac():
    digest = hmac.new(KEY, b"ABC:3", hashlib.sha256).digest()
    bits = "".join(f"{byte:08b}" for byte in digest)[:65]
    spelled = "".join(badge_code.ALPHABET[int(bits[at : at + 5], 2)] for at in range(0, 65, 5))
    assert badge_code.make_code(KEY, "ABC", 3) == spelled


def test_every_badge_generation_and_key_has_its_own_code():
    codes = {
        badge_code.make_code(KEY, uid, generation) for uid in ("A", "B", "A1") for generation in (1, 2, 11)
    }
    codes.add(badge_code.make_code(b"another", "A", 1))
    assert len(codes) == 10


@pytest.mark.parametrize(
    "text",
    [
        CODE,
        CODE.lower(),
        f"https://COLTIVA.EXAMPLE.ORG/B/{CODE}",
        f"http://192.168.1.7:8090/b/{CODE.lower()}/",
        f"https://elsewhere.example/B/{CODE}?from=poster#top",
        f"https://x.example/B/OLDOLDOLD/B/{CODE}",
        f" {CODE}\r\n",
        "7ZK4-Q0M1-XY9AB",
        "7zk4 qomi xy9ab",
        "7ZK4–QOML–XY9AB",
        f"httpsÖ--COLTIVA.EXAMPLE.ORG-B-{CODE}",
        f"{CODE}{CODE}",
        f"<{CODE}>",
    ],
)
def test_a_code_is_read_from_what_cameras_scanners_and_hands_deliver(text):
    assert badge_code.read_code(text) == CODE


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "7ZK4",
        "U" * 13,
        CODE[:-1],
        f"https://x.example/B/{CODE[:-1]}",
        f"https://x.example/B/{CODE}7",
        "https://x.example/B/",
        f"https://x.example/B/?code={CODE}",
        "BEGIN:VCARD\nFN:Anna\nEND:VCARD",
        "\x00\ud800🙂" * 20,
    ],
)
def test_anything_else_is_malformed(text):
    assert _refusal(badge_code.read_code, text) == "badge_malformed"


@pytest.mark.parametrize("garbage", ["A" * 4096, "/B/" * 1365, "A!" * 2048, CODE * 400])
def test_four_kilobytes_of_garbage_are_refused(garbage):
    assert _refusal(badge_code.read_code, garbage) == "badge_malformed"


@settings(deadline=None)
@given(st.text(max_size=700))
def test_whatever_is_scanned_gives_a_code_or_a_refusal(text):
    try:
        code = badge_code.read_code(text)
    except RuleViolation:
        code = ""
    assert len(code) in (0, 13)
    assert set(code) <= set(badge_code.ALPHABET)


@settings(deadline=None)
@given(_codes)
def test_what_is_printed_is_read_back(code):
    assert badge_code.read_code(badge_code.badge_url("https://coltiva.example.org", code)) == code
    assert badge_code.read_code(badge_code.grouped(code)) == code
    assert badge_code.yz_swapped(badge_code.yz_swapped(code)) == code


def test_a_swapped_keyboard_is_undone():
    assert badge_code.yz_swapped("7ZK4Q0M1XY9AB") == "7YK4Q0M1XZ9AB"


def test_the_database_keeps_the_hash_only():
    assert badge_code.hash_code(CODE) == hashlib.sha256(CODE.encode()).digest()


def test_a_code_on_paper_stands_in_groups():
    assert badge_code.grouped(CODE) == "7ZK4-Q0M1-XY9AB"
    assert badge_code.grouped("ABCDEFGH") == "ABCD-EFGH"


def test_the_test_code_is_read_like_any_other_and_known():
    assert badge_code.read_code(f"https://x.example/B/{badge_code.TEST_CODE}") == badge_code.TEST_CODE
    assert badge_code.is_test(badge_code.TEST_CODE)
    assert not badge_code.is_test(CODE)


def test_the_printed_address_has_a_small_scheme_and_capitals_behind_it():
    url = badge_code.badge_url("HTTPS://coltiva.example.org:8443/", "7zk4q0m1xy9ab")
    assert url == f"https://COLTIVA.EXAMPLE.ORG:8443/B/{CODE}"


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("https://Coltiva.Example.ORG", "https://coltiva.example.org"),
        (" http://laptop.local:8090/ ", "http://laptop.local:8090"),
        ("https://coltiva.example.org:443/", "https://coltiva.example.org"),
        ("http://coltiva.example.org.:80", "http://coltiva.example.org"),
        ("https://żółw.example", "https://xn--w-uga1v8h.example"),
        ("http://localhost:8090", "http://localhost:8090"),
    ],
)
def test_an_address_is_normalised_before_anything_is_printed(typed, address):
    assert badge_code.check_base_url(typed, allow_ip=False) == address


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "base_url_missing"),
        ("  ", "base_url_missing"),
        ("coltiva.example.org", "base_url_malformed"),
        ("ftp://coltiva.example.org", "base_url_malformed"),
        ("https://", "base_url_malformed"),
        ("https://a b.example", "base_url_malformed"),
        ("https://-a.example", "base_url_malformed"),
        ("https://a..example", "base_url_malformed"),
        ("https://under_score.example", "base_url_malformed"),
        ("https://anna:secret@coltiva.example.org", "base_url_malformed"),
        ("https://coltiva.example.org/path", "base_url_malformed"),
        ("https://coltiva.example.org/?q", "base_url_malformed"),
        ("https://coltiva.example.org/#top", "base_url_malformed"),
        ("https://coltiva.example.org:99999", "base_url_malformed"),
        ("https://coltiva.example.org:0", "base_url_malformed"),
        ("https://[::1", "base_url_malformed"),
        ("https://10.1", "base_url_malformed"),
        ("https://" + "long-label." * 14 + "example", "base_url_malformed"),
        ("http://192.168.1.7:8090", "base_url_bare_ip"),
        ("http://[fe80::1]", "base_url_bare_ip"),
    ],
)
def test_an_address_that_no_badge_should_carry_is_refused(typed, code):
    assert _refusal(badge_code.check_base_url, typed, allow_ip=False) == code


def test_the_demo_may_force_the_address_of_the_laptop():
    assert badge_code.check_base_url("http://192.168.1.7:8090", allow_ip=True) == "http://192.168.1.7:8090"
    assert badge_code.check_base_url("http://[FE80::1]:80", allow_ip=True) == "http://[fe80::1]"
