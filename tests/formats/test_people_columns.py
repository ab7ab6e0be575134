"""People out of the files that other programs write; the fixtures are described beside them."""

from pathlib import Path

import pytest

from server.domain.errors import RuleViolation
from server.domain.vocabulary import Standing
from server.formats.people_columns import (
    DateOrder,
    Field,
    Layout,
    PeopleSheet,
    PersonRow,
    guess_mapping,
    rows_to_people,
)
from server.formats.tables import Table, read_table

FIXTURES = Path(__file__).parent / "fixtures"


def fixture(name: str) -> Table:
    return read_table((FIXTURES / name).read_bytes(), name=name)


def people_of(table: Table, **options: DateOrder) -> PeopleSheet:
    return rows_to_people(table, guess_mapping(table.headers), **options)


def people_in(text: str, **options: DateOrder) -> PeopleSheet:
    return people_of(read_table(text.encode(), name="people.csv"), **options)


def only(sheet: PeopleSheet) -> PersonRow:
    assert [(error.code, error.params) for error in sheet.refused] == []
    (person,) = sheet.people
    return person


def questions(person: PersonRow) -> list[str]:
    return [question.code for question in person.questions]


@pytest.mark.parametrize(
    ("name", "layout", "encoding", "delimiter", "people", "refused", "skipped"),
    [
        ("eventbrite_us.csv", Layout.EVENTBRITE, "utf-8", ",", 6, 0, 1),
        ("eventbrite_uk.csv", Layout.EVENTBRITE, "cp1252", ",", 2, 0, 0),
        ("luma.csv", Layout.LUMA, "utf-8-sig", ",", 6, 0, 0),
        ("meetup_members.xls", Layout.MEETUP_MEMBERS, "utf-16-le", "\t", 3, 0, 0),
        ("meetup_attendees.csv", Layout.MEETUP_ATTENDEES, "utf-8", ",", 3, 1, 0),
        ("google_contacts_old.csv", Layout.GOOGLE_CONTACTS_OLD, "utf-8", ",", 2, 0, 1),
        ("google_contacts.csv", Layout.GOOGLE_CONTACTS, "utf-8", ",", 3, 1, 1),
        ("linkedin_connections.csv", Layout.LINKEDIN, "utf-8", ",", 2, 0, 1),
        ("outlook_it.csv", Layout.OUTLOOK, "cp1252", ";", 2, 1, 0),
        ("outlook_pl.csv", Layout.OUTLOOK, "cp1250", ",", 2, 0, 0),
        ("elenco_soci.csv", Layout.PLAIN, "cp1252", ";", 3, 0, 0),
        ("elenco_nominativi.csv", Layout.PLAIN, "utf-8", ",", 3, 0, 0),
        ("lista_gosci.csv", Layout.PLAIN, "cp1250", ";", 4, 0, 0),
    ],
)
def test_every_layout_is_recognised_and_every_row_accounted_for(
    name, layout, encoding, delimiter, people, refused, skipped
):
    table = fixture(name)
    sheet = people_of(table)
    assert (guess_mapping(table.headers).layout, table.encoding, table.delimiter) == (layout, encoding, delimiter)
    assert (len(sheet.people), len(sheet.refused), len(sheet.skipped)) == (people, refused, skipped)


def test_eventbrite_keeps_names_as_typed_and_leaves_refunds_unticked():
    sheet = people_of(fixture("eventbrite_us.csv"))
    grace, luis, marta, pat, ruth, ole = sheet.people
    assert grace == PersonRow(
        line=2, given_name="Grace", family_name="O'Hara", company="O'Hara & Sons, Inc.", email="grace@example.com",
        phone="+1 503 555 0101", country="US", region="OR", looks_for="An accountant\nwho knows small shops",
    )  # fmt: skip
    assert (luis.line, luis.family_name, ruth.family_name) == (4, "de la Cruz", "McDonald")
    assert [person.takes_part for person in sheet.people] == [True, True, True, True, False, False]
    assert (ruth.left_out.code, ruth.left_out.params) == ("status_stays_out", {"status": "Refunded"})
    assert (questions(luis), questions(marta)) == (["same_email_in_file"], ["same_email_in_file"])
    assert luis.questions[0].params["lines"] == "4, 5"
    assert (pat.email, questions(pat), ole.left_out.params["status"]) == ("", [], "Not Attending")
    assert [row.line for row in sheet.skipped] == [9]


def test_eventbrite_in_british_words_fills_the_same_fields():
    zoe, sian = people_of(fixture("eventbrite_uk.csv")).people
    assert (zoe.given_name, zoe.family_name, zoe.region, zoe.company) == (
        "Zoë", "Featherstonehaugh", "Kent", "Café Zoë",
    )  # fmt: skip
    assert (sian.name, sian.company, sian.takes_part) == ("Siân Rhys-Jones", "Rhys £ Co", False)


def test_luma_fills_empty_name_columns_from_the_whole_name_and_asks_only_the_approved():
    sheet = people_of(fixture("luma.csv"))
    anna, bruno, suharto, carla, _, _ = sheet.people
    assert (anna.given_name, anna.family_name, anna.invited_by) == ("Anna", "De Luca", "Bruno Neri")
    assert (suharto.given_name, suharto.family_name) == ("Suharto", "")
    assert (carla.given_name, carla.family_name) == ("Carla", "Rossi")
    assert [person.name for person in sheet.people if person.takes_part] == [anna.name, bruno.name]


def test_meetup_members_come_from_tab_separated_text_called_xls():
    jose, kasia, jan = people_of(fixture("meetup_members.xls")).people
    assert (jose.name, jose.region, jose.sector) == ("José Núñez", "Torino", "Tax advice")
    assert (kasia.given_name, kasia.family_name) == ("Kasia", "")
    assert (jan.given_name, jan.family_name) == ("Jan", "van der Berg")


def test_meetup_attendees_bring_unnamed_guests_and_eaten_phone_numbers_are_handed_back():
    sheet = people_of(fixture("meetup_attendees.csv"))
    anna, tomek, ewa = sheet.people
    assert questions(anna) == ["name_split_by_guess", "brings_unnamed_guests"]
    assert anna.questions[1].params == {"count": 2}
    assert (tomek.takes_part, ewa.takes_part) == (False, False)
    assert [(error.line, error.code, error.params) for error in sheet.refused] == [
        (5, "phone_in_scientific_notation", {"value": "4.8600000002E+10"})
    ]


def test_google_contacts_of_both_kinds_are_read():
    lucja, ngozi = people_of(fixture("google_contacts_old.csv")).people
    assert (lucja.email, lucja.phone, lucja.region) == ("lucja@example.pl", "+48 600 000 003", "mazowieckie")
    assert (lucja.birthday, ngozi.birthday, ngozi.email) == ("1988-06-15", "--06-15", "ngozi@example.net")
    sheet = people_of(fixture("google_contacts.csv"))
    niccolo, mary_jane, rosa = sheet.people
    assert (niccolo.family_name, niccolo.company) == ("D'Amico", 'D\'Amico "Serramenti" s.r.l.')
    assert (mary_jane.given_name, mary_jane.family_name) == ("Mary Jane", "")
    assert (rosa.given_name, rosa.family_name) == ("Rosa", "Bianchi")
    assert [(error.line, error.code) for error in sheet.refused] == [(6, "name_missing")]


def test_linkedin_members_who_left_are_skipped_and_counted():
    sheet = people_of(fixture("linkedin_connections.csv"))
    assert [person.family_name for person in sheet.people] == ["Kowalska, MBA", "Ferri"]
    assert [row.line for row in sheet.skipped] == [7]


def test_an_italian_address_book_is_read_and_an_inner_office_address_is_no_mail():
    sheet = people_of(fixture("outlook_it.csv"))
    niccolo, agnese = sheet.people
    assert (niccolo.phone, niccolo.region, niccolo.birthday) == ("333 0000003", "FC", "1970-12-31")
    assert (agnese.email, questions(agnese)) == ("", ["email_of_an_office_only"])
    assert agnese.birthday == "1980-03-04", "another birthday in the column has its day first"
    assert [(error.line, error.code) for error in sheet.refused] == [(4, "email_not_understood")]


def test_identity_numbers_in_a_polish_address_book_are_left_and_said_to_be():
    table = fixture("outlook_pl.csv")
    sheet = people_of(table)
    assert ("private_column_left", {"header": "PESEL"}) in [(note.code, note.params) for note in sheet.notes]
    assert "00000000000" not in repr(sheet.people)
    lukasz = sheet.people[0]
    assert (lukasz.name, lukasz.sector, lukasz.languages) == (
        "Łukasz Żółkiewski", "ślusarz", ("polski", "angielski"),
    )  # fmt: skip
    assert lukasz.invited_by == "Ewa Wiśniewska"


def test_an_italian_sheet_made_by_hand_is_read():
    sheet = people_of(fixture("elenco_soci.csv"))
    anna, beppe, carla = sheet.people
    assert (anna.standing, beppe.standing, carla.standing) == (Standing.MEMBER, Standing.VISITOR, None)
    assert (anna.languages, anna.offers) == (("italiano", "francese"), "Sala per 40 persone")
    assert (beppe.invited_by, beppe.birthday) == ("Anna De Luca", "1991-02-03")
    assert ("standing_unknown", {"value": "Simpatizzante", "count": 1}) in [
        (note.code, note.params) for note in sheet.notes
    ]


def test_a_list_with_the_family_name_first_is_not_turned_around():
    sheet = people_of(fixture("elenco_nominativi.csv"))
    assert [(person.given_name, person.family_name) for person in sheet.people] == [
        ("Anna Maria", "Rossi"), ("Beppe", "De Luca"), ("Carla", "FERRI"),
    ]  # fmt: skip


def test_a_polish_status_may_be_a_standing_or_a_state_of_the_ticket():
    lucja, ewa, jan, adam = people_of(fixture("lista_gosci.csv")).people
    assert (lucja.standing, lucja.takes_part) == (Standing.VISITOR, True)
    assert (ewa.standing, ewa.takes_part) == (Standing.MEMBER, True)
    assert (jan.left_out.code, adam.left_out.code) == ("status_stays_out", "status_unknown")


@pytest.mark.parametrize(
    ("header", "given", "family"),
    [("Nome,Cognome", "Anna", "Bo"), ("Imię,Nazwisko", "Anna", "Bo"), ("Name,Surname", "Anna", "Bo")],
)
def test_nome_beside_cognome_is_the_given_name(header, given, family):
    person = only(people_in(f"{header}\n{given},{family}\n"))
    assert (person.given_name, person.family_name) == (given, family)


@pytest.mark.parametrize("header", ["Nome", "Imię", "Name", "Nazwisko", "Nominativo"])
def test_nome_alone_is_the_whole_name(header):
    person = only(people_in(f"{header},Email\nAnna Bo,a@example.it\n"))
    assert (person.given_name, person.family_name) == ("Anna", "Bo")


@pytest.mark.parametrize("name", ["mcDONALD", "de la CRUZ", "李小龙", "Nguyễn", "Søren  Ø", "van 't Hooft", "X Æ A-12"])
def test_names_stay_exactly_as_typed(name):
    person = only(people_in(f"First name,Last name\n{name},{name}\n"))
    assert (person.given_name, person.family_name) == (name, name)


@pytest.mark.parametrize(
    "name",
    ["=1+1", '=HYPERLINK(""http://x.example"")', "+cmd|' /C calc'!A0", "@SUM(A1)", "-2+3+cmd|' /C calc'!A0", "'=1+1"],
)
def test_a_formula_in_a_name_is_handed_back_and_the_others_are_imported(name):
    sheet = people_in(f'First name,Last name\n"{name}",Bo\nBruno,Ca\n')
    assert [(error.line, error.code, error.params) for error in sheet.refused] == [
        (2, "formula_in_cell", {"header": "First name"})
    ]
    assert [person.name for person in sheet.people] == ["Bruno Ca"]


def test_a_plus_an_arrow_and_a_quoted_number_are_no_formulas():
    sheet = people_in('Name,Phone,Looks for\nAnna Bo,+39 (011) 000,=> plumbers\nB Ca,"=""0039 11000""",- a\n')
    assert [(person.phone, person.looks_for) for person in sheet.people] == [
        ("+39 (011) 000", "=> plumbers"), ("0039 11000", "- a"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        ("Phone", "6.28123E+12", "phone_in_scientific_notation"),
        ("Phone", '"6,28E+12"', "phone_in_scientific_notation"),
        ("Phone", "ask her", "phone_not_understood"),
        ("Email", "anna at example.it", "email_not_understood"),
        ("Email", "anna@example", "email_not_understood"),
        ("Email", "anna@@example.it", "email_not_understood"),
        ("Company", "Bell\a", "unreadable_character"),
        ("Company", "=1+1", "formula_in_cell"),
        ("Company", "x" * 201, "cell_too_long"),
    ],
)
def test_a_bad_cell_hands_its_row_back_and_no_other(column, cell, code):
    sheet = people_in(f"Name,{column}\nAnna,{cell}\nBruno,\n")
    assert [(error.line, error.code) for error in sheet.refused] == [(2, code)]
    assert [person.name for person in sheet.people] == ["Bruno"]


@pytest.mark.parametrize(
    ("cell", "email"),
    [
        ("Anna.Bo@Example.IT", "Anna.Bo@Example.IT"),
        ("mailto:a@example.it", "a@example.it"),
        ("Anna Bo <a@example.it>", "a@example.it"),
        ("-", ""),
        ("żółw@przykład.pl", "żółw@przykład.pl"),
    ],
)
def test_mail_addresses_are_taken_as_people_paste_them(cell, email):
    person = only(people_in(f"Name,Email\nAnna,{cell}\n"))
    assert (person.email, person.questions) == (email, ())


def test_two_mail_addresses_in_one_cell_are_a_question():
    person = only(people_in("Name,Email\nAnna,a@example.it / b@example.it\n"))
    assert (person.email, questions(person)) == ("a@example.it", ["several_emails"])


def test_the_same_mail_twice_in_one_file_is_a_question_on_both_rows():
    sheet = people_in("Name,Email\nAnna,Casa@example.it\nBruno,b@example.it\nCarlo,casa@example.it\n")
    assert [questions(person) for person in sheet.people] == [["same_email_in_file"], [], ["same_email_in_file"]]
    assert sheet.refused == ()


def test_a_second_column_fills_what_the_first_leaves_open():
    anna, bruno = people_in("Name,Home phone,Mobile\nAnna,011 00001,333 00001\nBruno,011 00002,-\n").people
    assert (anna.phone, bruno.phone) == ("333 00001", "011 00002")


def test_two_columns_of_one_name_with_different_answers_are_a_question():
    person = only(people_in("Name,Company,Company\nAnna,Acme,Bolt\n"))
    assert (person.company, questions(person)) == ("Acme", ["columns_disagree"])


def test_the_longest_guess_is_corrected_by_a_human():
    table = read_table(b"Name,Referente,Telefono\nAnna,Acme,011 00001\n", name="x")
    mapping = guess_mapping(table.headers).with_columns(Field.COMPANY, 1).with_columns(Field.PHONE)
    person = only(rows_to_people(table, mapping))
    assert (person.company, person.phone) == ("Acme", "")
    assert (mapping.of(Field.COMPANY), mapping.unused) == ((1,), (2,))


@pytest.mark.parametrize("position", [-1, 3])
def test_a_correction_beyond_the_table_is_refused(position):
    table = read_table(b"Name,Referente,Telefono\nAnna,Acme,011 00001\n", name="x")
    with pytest.raises(RuleViolation) as refusal:
        rows_to_people(table, guess_mapping(table.headers).with_columns(Field.COMPANY, position))
    assert refusal.value.code == "no_such_column"


def test_a_file_without_names_is_refused_in_one_sentence():
    with pytest.raises(RuleViolation) as refusal:
        people_in("Conversation ID,Subject,Content\n1,Hello,Text\n")
    assert refusal.value.code == "no_name_column"


def test_birthdays_that_could_be_two_days_are_asked_for_once():
    text = "Name,Birthday\nAnna,03/04/1980\nBruno,05/05/1990\n"
    sheet = people_in(text)
    assert [note.code for note in sheet.notes] == ["date_order_undecided"]
    assert [person.birthday for person in sheet.people] == ["", "1990-05-05"]
    answered = people_in(text, date_order=DateOrder.DAY_FIRST)
    assert [person.birthday for person in answered.people] == ["1980-04-03", "1990-05-05"]
    assert answered.notes == ()


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("What are you looking for this month?", Field.LOOKS_FOR),
        ("Chi ti ha invitato?", Field.INVITED_BY),
        ("Czego szukasz?", Field.LOOKS_FOR),
        ("What is your company called?", Field.COMPANY),
        ("E-mail *", Field.EMAIL),
        ("\ufeffEMAIL  ADDRESS", Field.EMAIL),
        ("Ｅmail", Field.EMAIL),
    ],
)
def test_questions_in_somebodys_own_words_are_understood(header, field):
    assert guess_mapping(("Name", header)).of(field) == (1,)


def test_a_question_of_consent_is_not_the_address():
    assert guess_mapping(("Name", "May we use your email address? (consent)")).of(Field.EMAIL) == ()
