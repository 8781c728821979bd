"""What the environment says about text: NLS_LANG, NLS_DATE_FORMAT and their kin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from loadstone.datatypes.model import Nls

TERRITORIES: dict[str, tuple[str, str]] = {
    "AMERICA": ("DD-MON-RR", ".,"),
    "AUSTRALIA": ("DD/MON/RR", ".,"),
    "AUSTRIA": ("DD.MM.RR", ",."),
    "BELGIUM": ("DD/MM/RR", ",."),
    "BRAZIL": ("DD/MM/RR", ",."),
    "CANADA": ("RR-MM-DD", ".,"),
    "CATALONIA": ("DD/MM/RR", ",."),
    "CHINA": ("DD-MON-RR", ".,"),
    "CZECH REPUBLIC": ("DD.MM.RR", ",."),
    "DENMARK": ("RR-MM-DD", ",."),
    "FINLAND": ("DD.MM.RRRR", ", "),
    "FRANCE": ("DD/MM/RR", ", "),
    "GERMANY": ("DD.MM.RR", ",."),
    "GREECE": ("DD/MM/RR", ",."),
    "HUNGARY": ("RR-MON-DD", ",."),
    "INDIA": ("DD-MM-RR", ".,"),
    "IRELAND": ("DD-MON-RR", ".,"),
    "ITALY": ("DD-MON-RR", ",."),
    "JAPAN": ("RR-MM-DD", ".,"),
    "KOREA": ("RR/MM/DD", ".,"),
    "MEXICO": ("DD/MM/RR", ".,"),
    "NORWAY": ("DD.MM.RR", ",."),
    "POLAND": ("RR/MM/DD", ", "),
    "PORTUGAL": ("RR.MM.DD", ",."),
    "ROMANIA": ("DD-MM-RRRR", ",."),
    "RUSSIA": ("DD.MM.RR", ",."),
    "SPAIN": ("DD/MM/RR", ",."),
    "SWEDEN": ("RRRR-MM-DD", ",."),
    "SWITZERLAND": ("DD.MM.RR", ".'"),
    "TAIWAN": ("DD-MON-RR", ".,"),
    "THE NETHERLANDS": ("DD-MM-RR", ",."),
    "TURKEY": ("DD/MM/RRRR", ",."),
    "UNITED KINGDOM": ("DD-MON-RR", ".,"),
}
"""NLS_DATE_FORMAT and NLS_NUMERIC_CHARACTERS by territory (Globalization Support Guide, appendix A)."""

VARIABLES = (
    "NLS_LANG",
    "NLS_DATE_FORMAT",
    "NLS_TIMESTAMP_FORMAT",
    "NLS_TIMESTAMP_TZ_FORMAT",
    "NLS_DATE_LANGUAGE",
    "NLS_NUMERIC_CHARACTERS",
)
"""The variables that a load honours."""


@dataclass(frozen=True, kw_only=True)
class Environment:
    """
    What a load takes from its surroundings; frozen with the load.

    Attributes:
        nls: Formats, languages, and the frozen SYSDATE.
        charset: Oracle name of the client's character set, or None when NLS_LANG names none.
        user: What USER gives in expressions. functions: user functions, as expressions by name.
    """

    nls: Nls
    charset: str | None = None
    user: str = ""
    functions: Mapping[str, str] = field(default_factory=dict)


def read_environment(
    variables: Mapping[str, str],
    now: datetime,
    *,
    user: str = "",
    functions: Mapping[str, str] | None = None,
) -> Environment:
    """The environment of a load that begins at ``now`` (aware, local time)."""
    language, territory, charset = _split_nls_lang(variables.get("NLS_LANG", ""))
    date_format, numeric = TERRITORIES.get(territory, TERRITORIES["AMERICA"])
    numeric = variables.get("NLS_NUMERIC_CHARACTERS") or numeric
    date_format = variables.get("NLS_DATE_FORMAT") or date_format
    offset = now.utcoffset()
    nls = Nls(
        decimal=numeric[:1] or ".",
        group=numeric[1:2] or ",",
        date_language=variables.get("NLS_DATE_LANGUAGE") or language,
        date_format=date_format,
        timestamp_format=variables.get("NLS_TIMESTAMP_FORMAT") or f"{date_format} HH.MI.SSXFF AM",
        timestamp_tz_format=variables.get("NLS_TIMESTAMP_TZ_FORMAT") or f"{date_format} HH.MI.SSXFF AM TZR",
        now=now.replace(tzinfo=None),
        time_zone_minutes=int(offset.total_seconds() // 60) if offset is not None else 0,
    )
    return Environment(nls=nls, charset=charset, user=user, functions=dict(functions or {}))


def freeze(environment: Environment) -> dict[str, Any]:
    """The environment as JSON values, to be kept with the load."""
    nls = environment.nls
    return {
        "decimal": nls.decimal,
        "group": nls.group,
        "date_language": nls.date_language,
        "date_format": nls.date_format,
        "timestamp_format": nls.timestamp_format,
        "timestamp_tz_format": nls.timestamp_tz_format,
        "now": nls.now.isoformat(),
        "time_zone_minutes": nls.time_zone_minutes,
        "charset": environment.charset,
        "user": environment.user,
        "functions": dict(environment.functions),
    }


def thaw(values: Mapping[str, Any]) -> Environment:
    """The environment that ``freeze`` kept."""
    others = ("now", "charset", "user", "functions")
    rest = {key: value for key, value in values.items() if key not in others}
    return Environment(
        nls=Nls(now=datetime.fromisoformat(values["now"]), **rest),
        charset=values["charset"],
        user=values.get("user", ""),
        functions=values.get("functions", {}),
    )


# Private functions


def _split_nls_lang(value: str) -> tuple[str, str, str | None]:
    """``language_territory.charset``, every part optional, as upper-case parts."""
    head, _, charset = value.strip().partition(".")
    language, _, territory = head.partition("_")
    return (
        language.strip().upper() or "AMERICAN",
        territory.strip().upper() or "AMERICA",
        charset.upper() or None,
    )
