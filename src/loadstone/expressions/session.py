"""What expressions ask of the session: USERENV, SYS_CONTEXT; and what of Oracle has no answer here, with the reason."""

from __future__ import annotations

from loadstone.expressions.model import Context

UNANSWERED = {
    "DUMP": "it shows how Oracle stores a value",
    "ORA_HASH": "Oracle does not publish how it is computed; STANDARD_HASH is computed here",
    "DBMS_RANDOM.VALUE": "a load that is resumed must give the same values",
    "DBMS_RANDOM.STRING": "a load that is resumed must give the same values",
    "ROWIDTOCHAR": "rows have no ROWID here",
    "CHARTOROWID": "rows have no ROWID here",
    "XMLTYPE": "no target of ours has XML objects; load the text into a character column",
    "SDO_GEOMETRY": "no target of ours has Oracle's geometry; load its parts into columns",
    "MDSYS.SDO_GEOMETRY": "no target of ours has Oracle's geometry; load its parts into columns",
    "ROW_NUMBER": "a record sees no other records; RECNUM numbers them",
    "LAG": "a record sees no other records",
    "LEAD": "a record sees no other records",
}
"""Functions of Oracle that are refused, and why."""


def session_value(context: Context, name: str) -> str | None:
    """
    A parameter of SYS_CONTEXT('USERENV', name), or of USERENV(name).

    Raises:
        KeyError: It has no answer that would be the same when the load is resumed elsewhere.
    """
    nls, user = context.nls, context.user.upper() or None
    language = f"{nls.date_language.upper()}_AMERICA.AL32UTF8"
    return {
        **dict.fromkeys(("SESSION_USER", "CURRENT_USER", "CURRENT_SCHEMA", "SESSION_SCHEMA"), user),
        "LANG": _SHORT.get(nls.date_language.upper(), nls.date_language.upper()[:2]),
        "LANGUAGE": language,
        "NLS_DATE_FORMAT": nls.date_format,
        "NLS_DATE_LANGUAGE": nls.date_language.upper(),
        "NLS_TERRITORY": "AMERICA",
        "NLS_CURRENCY": "$",
        "NLS_CALENDAR": "GREGORIAN",
        "NLS_SORT": "BINARY",
    }[name.strip().upper()]


_SHORT = {"AMERICAN": "US", "GERMAN": "D", "FRENCH": "F", "SPANISH": "E", "ITALIAN": "I", "ENGLISH": "GB"}
