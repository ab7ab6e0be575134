"""Reading a table from any text file that a spreadsheet or another program may write."""


import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.domain.errors import RuleViolation
from server.formats.people_columns import Field, guess_mapping, rows_to_people
from server.formats.tables import MAX_ROWS, Table, read_table

POLISH = "Imię;Nazwisko;Firma\nŁucja;Żółć;Źródło\nJan;Gęś;Ślusarstwo\n"
ITALIAN = "Nome;Cognome;Società\nNiccolò;Però;Caffè è qui\n"


def read(text: str, encoding: str = "utf-8", **options: object) -> Table:
    return read_table(text.encode(encoding), name="people.csv", **options)  # type: ignore[arg-type]


def table_or_refusal(data: bytes) -> Table | RuleViolation:
    try:
        return read_table(data, name="x")
    except RuleViolation as refusal:
        return refusal


def codes(table: Table) -> list[str]:
    return [note.code for note in table.notes]


@pytest.mark.parametrize(
    ("encoding", "mark", "reported"),
    [
        ("utf-8", b"", "utf-8"),
        ("utf-8", b"\xef\xbb\xbf", "utf-8-sig"),
        ("utf-16-le", b"\xff\xfe", "utf-16-le"),
        ("utf-16-be", b"\xfe\xff", "utf-16-be"),
        ("utf-16-le", b"", "utf-16-le"),
        ("utf-16-be", b"", "utf-16-be"),
        ("cp1250", b"", "cp1250"),
    ],
)
def test_polish_letters_survive_every_encoding_and_the_encoding_is_named(encoding, mark, reported):
    table = read_table(mark + POLISH.encode(encoding), name="goście.csv")
    assert table.headers == ("Imię", "Nazwisko", "Firma")
    assert [row.cells for row in table.rows] == [("Łucja", "Żółć", "Źródło"), ("Jan", "Gęś", "Ślusarstwo")]
    assert table.encoding == reported
    assert table.encoding_guessed is (reported == "cp1250")


def test_italian_letters_are_not_taken_for_polish_ones():
    table = read(ITALIAN, "cp1252")
    assert (table.encoding, table.encoding_guessed) == ("cp1252", True)
    assert table.rows[0].cells == ("Niccolò", "Però", "Caffè è qui")
    assert "encoding_guessed" in codes(table)


def test_one_odd_letter_under_plain_polish_headers_is_a_polish_letter():
    table = read("Imie;Nazwisko;Miasto\nJan;Kowal;Toruń\n", "cp1250")
    assert table.rows[0].cells[2] == "Toruń"


def test_a_human_can_correct_the_encoding():
    table = read_table("Name,City\nİpek,İzmir\n".encode("cp1254"), name="x", encoding="cp1254")
    assert (table.rows[0].cells, table.encoding_guessed) == (("İpek", "İzmir"), False)


def test_a_chosen_encoding_that_cannot_be_true_is_refused_with_the_line():
    with pytest.raises(RuleViolation) as refusal:
        read_table("Name\nAnna\nNiccolò\n".encode("cp1252"), name="soci.csv", encoding="utf-8")
    assert refusal.value.code == "wrong_encoding"
    assert refusal.value.params == {"encoding": "utf-8", "line": 3, "name": "soci.csv"}


def test_bytes_that_are_no_text_in_any_encoding_are_refused():
    with pytest.raises(RuleViolation) as refusal:
        read_table(b"Name,City\nA\x81\x90,B\x9d\x83\x98\n", name="x")
    assert refusal.value.code == "unknown_encoding"


def test_letters_spoilt_by_an_earlier_program_are_pointed_at():
    table = read("First name,Last name\nAnna,Bo\nNiccolÃ²,PerÃ²\n")
    assert [dict(note.params) for note in table.notes if note.code == "letters_spoilt_before"] == [{"line": 3}]
    assert "letters_spoilt_before" not in codes(read("First name,Last name\nÅsa,Ärlig\n"))


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_found_although_cells_hold_the_others(delimiter):
    cells = ['"Rossi, Bianchi; Neri"', '"12,50"', '"a\tb"']
    table = read(delimiter.join(("Company", "Email", "Phone")) + "\n" + delimiter.join(cells) + "\n")
    assert table.delimiter == delimiter
    assert table.rows[0].cells == ("Rossi, Bianchi; Neri", "12,50", "a\tb")


@pytest.mark.parametrize("hint", ["sep=;\r\n", '"sep=;"\n', "SEP=;\r"])
def test_the_spreadsheets_own_hint_is_not_a_header(hint):
    table = read(hint + "Nome;Cognome\nAnna;Bo\n")
    assert (table.delimiter, table.header_line, table.headers) == (";", 2, ("Nome", "Cognome"))
    assert table.rows[0].line == 3


def test_a_human_can_correct_the_delimiter_but_not_invent_one():
    assert read("a;b,c\n1;2,3\n", delimiter=";").headers == ("a", "b,c")
    with pytest.raises(RuleViolation) as refusal:
        read("a;b\n1;2\n", delimiter="::")
    assert refusal.value.code == "unknown_delimiter"


def test_a_quoted_preamble_with_commas_above_the_header_is_left_out_and_mentioned():
    table = read('Notes:\n"When exporting, you may notice,\nthat some are missing"\n\nFirst Name,Last Name\nA,B\n')
    assert (table.header_line, table.headers, table.rows[0].line) == (5, ("First Name", "Last Name"), 6)
    assert "lines_above_header_left" in codes(table)


def test_a_file_without_a_known_header_starts_with_its_first_row():
    table = read("colour,shape\nred,round\n")
    assert (table.headers, table.header_line, len(table.rows)) == (("colour", "shape"), 1, 1)


def test_a_header_row_of_one_known_name_is_found():
    assert read("Members 2026\n\nNominativo\nAnna Bo\n").header_line == 3


def test_equal_headers_are_kept_by_position_and_named():
    table = read("Name,Email,Question,Question\nAnna,a@example.it,yes,no\n")
    assert table.headers[2:] == ("Question", "Question")
    assert table.rows[0].cells[2:] == ("yes", "no")
    twice = [dict(note.params) for note in table.notes if note.code == "header_twice"]
    assert twice == [{"header": "Question", "columns": "3, 4"}]


def test_empty_columns_on_the_right_are_litter():
    table = read("Name;City;;\nAnna;Pisa;;\nBruno;Roma;;\n;;;\n;;;\n")
    assert table.headers == ("Name", "City")
    assert [row.cells for row in table.rows] == [("Anna", "Pisa"), ("Bruno", "Roma")]


def test_a_filled_column_without_a_header_is_kept():
    table = read("Name,City,\nAnna,Pisa,late\n")
    assert (table.headers, table.rows[0].cells) == (("Name", "City", ""), ("Anna", "Pisa", "late"))


def test_rows_too_short_or_too_long_are_handed_back_and_never_shifted():
    table = read("Name,Company,Phone\nAnna,Acme, Ltd,1\nBruno,Bo\nCarla,Ca,3\nDora,Acme, Ltd,\n")
    assert [row.cells for row in table.rows] == [("Carla", "Ca", "3")]
    assert [(error.line, error.code, dict(error.params)) for error in table.errors] == [
        (2, "row_too_long", {"cells": 4, "expected": 3}),
        (3, "row_too_short", {"cells": 2, "expected": 3}),
        (5, "row_too_long", {"cells": 4, "expected": 3}),
    ]
    assert table.errors[0].cells == ("Anna", "Acme", " Ltd", "1")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_breaks_in_cells_stay_and_line_numbers_are_those_of_the_file(end):
    lines = ["Name,Notes", '"Anna","one', 'two ""three"""', "Bruno,x", "", ""]
    table = read(end.join(lines))
    assert table.rows[0].cells == ("Anna", f'one{end}two "three"')
    assert [row.line for row in table.rows] == [2, 4]


def test_a_last_line_without_an_end_is_read():
    assert read("Name,City\nAnna,Pisa").rows[0].cells == ("Anna", "Pisa")


def test_a_row_with_broken_quotation_marks_is_one_bad_row():
    table = read('Name,City\n"Anna "Nina" Bo",Pisa\nBruno,Roma\n')
    assert [(error.line, error.code, error.cells) for error in table.errors] == [
        (2, "broken_row", ('"Anna "Nina" Bo",Pisa',))
    ]
    assert [row.cells for row in table.rows] == [("Bruno", "Roma")]


def test_broken_quotation_marks_over_two_lines_lose_neither_line():
    table = read('Name,City\n"Anna,Pisa\nBruno,"Roma"\nCarla,Bari\n')
    assert table.errors[0].cells == ('"Anna,Pisa\nBruno,"Roma"',)
    assert [row.cells for row in table.rows] == [("Carla", "Bari")]


def test_a_quotation_mark_that_never_closes_refuses_the_file_with_its_line():
    with pytest.raises(RuleViolation) as refusal:
        read('Name,City\nAnna,Pisa\n"Bruno,Roma\n' + "Carla,Bari\n" * 300)
    assert (refusal.value.code, refusal.value.params["line"]) == ("unclosed_quote", 3)


@pytest.mark.parametrize(
    ("data", "code", "kind"),
    [
        (b"", "empty_file", None),
        (b" \r\n\r\n", "empty_file", None),
        (b"\xff\xfe", "empty_file", None),
        (b"Name,City\n", "no_rows", None),
        (b"%PDF-1.7 ...", "unsupported_file", "pdf"),
        (b"\x89PNG\r\n\x1a\n", "unsupported_file", "image"),
        (b"<html><table><tr><td>Name</td></tr></table>", "unsupported_file", "html"),
        (
            b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
            "unsupported_file",
            "spreadsheetml",
        ),
        (b"Name,City\nAnna\0,Pisa\n", "unsupported_file", "binary"),
        (b"N" * 20_000_001, "file_too_large", None),
    ],
)
def test_what_is_no_table_is_refused_by_its_kind(data, code, kind):
    with pytest.raises(RuleViolation) as refusal:
        read_table(data, name="people.csv")
    assert refusal.value.code == code
    assert refusal.value.params.get("kind") == kind
    assert refusal.value.params["name"] == "people.csv"


def test_a_table_may_have_5000_rows_and_not_one_more():
    rows = "".join(f"Anna,{number}\n" for number in range(MAX_ROWS))
    assert len(read("Name,Phone\n" + rows).rows) == MAX_ROWS
    with pytest.raises(RuleViolation) as refusal:
        read("Name,Phone\n" + rows + "Bruno,1\n")
    assert (refusal.value.code, refusal.value.params["limit"]) == ("too_many_rows", MAX_ROWS)


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16-le"])
def test_a_hundred_thousand_rows_are_refused(encoding):
    data = ("Nome,Cognome,Città,Email\n" + "Niccolò,Però,Forlì,n@example.it\n" * 100_000).encode(encoding)
    with pytest.raises(RuleViolation) as refusal:
        read_table(data, name="big.csv")
    assert refusal.value.code == "too_many_rows"


def test_a_table_of_absurd_width_is_refused():
    with pytest.raises(RuleViolation) as refusal:
        read("Name,Email" + ",x" * 400 + "\n" + "a," * 401 + "a\n")
    assert refusal.value.code == "too_many_columns"


@given(st.binary(max_size=400) | st.text(max_size=400).map(lambda text: text.encode("utf-8", "surrogatepass")))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_bytes_are_a_table_or_one_clear_refusal(data):
    outcome = table_or_refusal(data)
    if isinstance(outcome, Table):
        sheet = rows_to_people(outcome, guess_mapping(outcome.headers).with_columns(Field.FULL_NAME, 0))
        found = len(sheet.people) + len(sheet.refused) + len(sheet.skipped)
        assert found == len(outcome.rows) + len(outcome.errors)
    else:
        assert outcome.params["name"] == "x"
