"""Refusals of the feature: files that are read."""

from server.views.sentences.marking import N_

SENTENCES: dict[str, str] = {
    # a whole file: RuleViolation from read_table / rows_to_people / write_xlsx; each of read_table's has `name`
    "file_too_large": N_("%(name)s is too large: at most %(megabytes)s MB can be read."),
    "too_many_rows": N_("%(name)s has more than %(limit)s rows. Split it and import the parts."),
    "too_many_columns": N_("%(name)s has more than %(limit)s columns. Is it a list of people?"),
    "empty_file": N_("%(name)s is empty."),
    "no_rows": N_("%(name)s has a header but no rows."),
    "password_protected": N_("%(name)s is protected with a password. Save it without one and try again."),
    "old_workbook": N_("%(name)s is a workbook of an old kind. Save it as XLSX or CSV and try again."),
    "unsupported_file": N_("%(name)s is not a table we can read (%(kind)s). Save it as XLSX or CSV and try again."),
    "damaged_workbook": N_("%(name)s is damaged and cannot be opened. Save it again as XLSX or CSV."),
    "workbook_too_large": N_("%(name)s unpacks to more than %(megabytes)s MB or to too many parts."),
    "unknown_encoding": N_("The letters of %(name)s cannot be read. Save it as UTF-8 and try again."),
    "wrong_encoding": N_("%(name)s is not %(encoding)s: line %(line)s cannot be read that way."),
    "unknown_delimiter": N_("Columns can be separated by comma, semicolon or tab."),
    "unclosed_quote": N_("A quotation mark in line %(line)s of %(name)s is never closed."),
    "no_name_column": N_("No column of %(name)s holds names. Choose one."),
    "no_such_column": N_("%(name)s has no such column."),
    "card_line_too_long": N_("Line %(line)s of %(name)s is too long for a contact."),
    "file_needs_too_much": N_("%(name)s needs more memory than a list of people should. Split it and try again."),
    "import_cancelled": N_("The import was stopped. Nothing was changed."),
    "import_under_way": N_("Another file is being brought in from here. Wait for it, or stop it."),
    "import_lost": N_("The import ended half-way because the program did. Nothing was changed; bring it in again."),
    "card_of_nobody": N_("The card in line %(line)s is of a group or a company and was left out."),
    "card_cut_off": N_("The card in line %(line)s has no end; what there was of it was read."),
    # a row: RowError.code, also raised inside as RuleViolation
    "row_too_short": N_("This row has %(cells)s cells, the header has %(expected)s."),
    "row_too_long": N_("This row has %(cells)s cells, the header has %(expected)s."),
    "broken_row": N_("The quotation marks in this row do not match."),
    # "name_missing" is already in people.py
    "formula_in_cell": N_("“%(header)s” holds a formula."),
    "formula_without_value": N_("“%(header)s” holds a formula or an error without a value."),
    "unreadable_character": N_("“%(header)s” holds a character that cannot be read."),
    "cell_too_long": N_("“%(header)s” is too long: at most %(limit)s characters."),
    "email_not_understood": N_("“%(value)s” is not a mail address."),
    "phone_not_understood": N_("“%(value)s” is not a phone number."),
    "phone_in_scientific_notation": N_(
        "“%(value)s” is what a spreadsheet made of a phone number. Type the number again, as text."
    ),
    # Note.code about the file (Table.notes, PeopleSheet.notes)
    "encoding_guessed": N_("The letters were read as %(encoding)s. Do the names look right?"),
    "letters_spoilt_before": N_("Some letters were spoilt before the file came here, first in line %(line)s."),
    "lines_above_header_left": N_("Lines above the header that were left out: %(count)s"),
    "header_twice": N_("“%(header)s” is the name of several columns: %(columns)s"),
    "other_sheets_left": N_("Only the first sheet is read. Left out: %(sheets)s"),
    "private_column_left": N_("“%(header)s” is private and is never imported."),
    "standing_unknown": N_("Neither member nor visitor: “%(value)s”, rows: %(count)s"),
    "date_order_undecided": N_("In “%(header)s”, which comes first, the day or the month?"),
    # Note.code about a row (PersonRow.left_out, PersonRow.questions)
    "status_stays_out": N_("Not ticked, because the status is “%(status)s”."),
    "status_unknown": N_("Not ticked, because we do not know the status “%(status)s”."),
    "same_email_in_file": N_("%(email)s stands in several lines: %(lines)s"),
    "name_split_by_guess": N_("Given name: %(given)s. Family name: %(family)s. Is this right?"),
    "several_emails": N_("Several mail addresses; taken: %(taken)s"),
    "email_of_an_office_only": N_("The mail address works only inside an office and was left out."),
    "phone_looks_short": N_("Is %(phone)s the whole phone number?"),
    "columns_disagree": N_("Another column “%(header)s” says “%(other)s”."),
    "brings_unnamed_guests": N_("Brings guests without names: %(count)s"),
    "birthday_not_understood": N_("The birthday “%(value)s” was not understood and was left out."),
}
