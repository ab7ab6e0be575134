"""What public holidays are called."""

from flask_babel import lazy_gettext

from server.domain.holidays import Holiday

HOLIDAYS = {
    Holiday.NEW_YEAR: lazy_gettext("New Year's Day"),
    Holiday.EPIPHANY: lazy_gettext("Epiphany"),
    Holiday.EASTER: lazy_gettext("Easter Sunday"),
    Holiday.EASTER_MONDAY: lazy_gettext("Easter Monday"),
    Holiday.LIBERATION: lazy_gettext("Liberation Day"),
    Holiday.LABOUR: lazy_gettext("Labour Day"),
    Holiday.CONSTITUTION: lazy_gettext("Constitution Day"),
    Holiday.PENTECOST: lazy_gettext("Pentecost"),
    Holiday.CORPUS_CHRISTI: lazy_gettext("Corpus Christi"),
    Holiday.REPUBLIC: lazy_gettext("Republic Day"),
    Holiday.ASSUMPTION: lazy_gettext("Assumption of Mary"),
    Holiday.SAINT_FRANCIS: lazy_gettext("Saint Francis"),
    Holiday.ALL_SAINTS: lazy_gettext("All Saints' Day"),
    Holiday.INDEPENDENCE: lazy_gettext("Independence Day"),
    Holiday.IMMACULATE: lazy_gettext("Immaculate Conception"),
    Holiday.CHRISTMAS_EVE: lazy_gettext("Christmas Eve"),
    Holiday.CHRISTMAS: lazy_gettext("Christmas Day"),
    Holiday.SAINT_STEPHEN: lazy_gettext("Saint Stephen's Day"),
}
