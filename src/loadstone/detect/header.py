"""
Where a table begins and ends in its text, and whether its first row names the columns.

A header is told by contrast: words over numbers and dates, names over repeated values, words that head columns in many languages; and it is
denied where the first row holds values like those below.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from .cells import ADDRESS, BOOLEAN, CODE, DATE, DECIMAL, EMPTY, INTEGER, ODD, TIME, WORDS, class_of

HEADS = frozenset(
    """
    id ids key code codes type kind name names first last firstname lastname surname fullname title description desc text label comment comments
    note notes memo remark remarks date dates time timestamp datetime day month year week period quarter created updated modified start end from to
    begin status state flag active amount amt value val price cost rate total sum balance qty quantity count number num no nr nbr ref reference
    currency ccy cur account acct acc iban bic swift bank branch customer client cust party payer payee beneficiary sender receiver
    address street city town zip zipcode postcode postal country region province county state latitude longitude lat lon lng phone tel fax mobile
    email mail url website link product item sku category group class order invoice payment transaction txn trans trx entry booking
    debit credit dc drcr sign fee tax vat net gross narrative details purpose user username gender sex age birth dob nationality source target
    version size length width height weight index row line seq sequence level rank score unit units percent pct ratio min max avg mean median
    field fields column columns col attribute property variable
    file filename path object parent child owner author publisher language population area species genus family
    wert datum buchungstag valuta betrag währung waehrung konto kontonummer blz verwendungszweck empfänger auftraggeber name vorname nachname
    straße strasse ort plz land menge preis nummer anzahl art bezeichnung beschreibung kunde status saldo soll haben summe
    date montant devise libellé libelle compte référence reference solde débit crédit nom prénom prenom adresse ville pays quantité prix numéro
    fecha importe moneda cuenta descripción descripcion concepto saldo nombre apellido apellidos dirección ciudad país pais cantidad precio número tipo
    data valor moeda conta descrição descricao histórico saldo nome endereço cidade quantidade preço tipo importo valuta causale descrizione
    conto cognome indirizzo città quantità prezzo numero kwota waluta rachunek opis tytuł imię nazwisko miasto kraj ilość cena numer typ
    částka měna účet popis jméno příjmení město datum bedrag rekening omschrijving naam plaats aantal prijs belopp valuta konto namn antal pris
    összeg dátum számla név város tutar tarih hesap açıklama ad soyad şehir
    """.split()
)
"""Words that head columns, in lower case."""

THRESHOLD = 0.65
"""A first row with more evidence than this is a header."""

SURELY = 4.0
"""Evidence of a header whose names are known from files before."""

_NAME_CHARS_MAX = 500
_COUNTED = re.compile(r"(.*?[^\W\d][ _.-]?)(\d{1,4})")
_SPLIT = re.compile(r"[\s_\-./()\[\]#:%°]+|(?<=[a-z])(?=[A-Z])")
_NAME = re.compile(r"[^\W\d][\w $#/().%&°'’*:,\-\[\]+?=]*")


@dataclass(frozen=True)
class Table:
    """
    Where the table stands among the rows of a text that are not blank.

    Attributes:
        width: Fields of a row.
        first: Its first row, 0-based, the header if there is one.
        last: Its last row, 0-based.
        header_rows: Rows that name the columns, 0 or more.
        header_score: Evidence for a header, in favour above 0.
        reasons: The evidence in words.
    """

    width: int
    first: int
    last: int
    header_rows: int
    header_score: float
    reasons: tuple[str, ...] = ()


def find_table(rows: list[list[str]], width: int, names: Sequence[str] = ()) -> Table:
    """Bounds and header of a table of ``width`` columns among rows that are not blank; ``names`` are those of files before."""
    first, last = _bounds(rows, width)
    known = _known_header(rows, names)
    if known is not None:
        return Table(
            width, known, max(known, last), 1, SURELY, ("the row holds the names that files before had",)
        )
    alike = _first_alike(rows, width, first)
    start = alike if alike < first else _first_full(rows, width, first, last)
    best, reasons = header_score(rows[start : last + 1], width)
    above = _short_header(rows, width, start, last)
    if above is not None and best <= 0.4:
        return Table(
            width, above, last, 1, 1.0, ("the row above the table holds names, one for nearly each column",)
        )
    return Table(width, start, last, 1 if best > THRESHOLD else 0, best, tuple(reasons))


def header_score(rows: list[list[str]], width: int) -> tuple[float, list[str]]:
    """Evidence that the first row names the columns, and why."""
    reasons: list[str] = []
    head = _years_as_names([cell.strip() for cell in rows[0]]) if rows else []
    body = [row for row in rows[1:400] if len(row) == width]
    if not head or not any(head):
        return -1.0, ["the first row is empty"]
    lexicon = sum(_is_head(cell) for cell in head)
    full = sum(bool(cell) for cell in head)
    kinds = [class_of(cell) for cell in head]
    values = sum(kind in (INTEGER, DECIMAL, DATE, TIME, ADDRESS) for kind in kinds)
    if not body:
        score = (
            2.0 * lexicon / full
            - 2.0 * values / full
            + (0.4 if all(_NAME.fullmatch(c) for c in head if c) else -0.5)
        )
        return score, ["there is one row only"]
    score = 0.25
    contrast = same = repeated = 0.0
    for number, cell in enumerate(head[:width]):
        column = [row[number].strip() for row in body]
        evidence = _column(cell, column)
        contrast += evidence > 0.9
        same += evidence < -0.9
        score += evidence / max(width, 1) * 2.2
        if cell and cell in column:
            repeated += 1
    score += 1.6 * lexicon / full
    score -= 1.5 * values / full
    if repeated:
        score -= 1.2 * repeated / full
    names = [cell.lower() for cell in head if cell]
    if len(set(names)) < len(names):
        score -= 0.5 * (len(names) - len(set(names))) / len(names) + 0.15
    if full < width:
        score -= 0.5 * (width - full) / width
    elif _is_sparse(body, width):
        score += 0.4
    if _is_run(head) and sum(map(_is_run, body[:5])) <= 0.5 * len(body[:5]):
        score += 1.0
        reasons.append("the cells are numbered, or letters in their order")
    if all(_NAME.fullmatch(cell) for cell in head if cell):
        score += 0.3
    if contrast:
        reasons.append(f"{int(contrast)} of {width} names stand over values of another class")
    if lexicon:
        reasons.append(f"{lexicon} of {full} cells are words that head columns")
    if same:
        reasons.append(f"{int(same)} of {width} cells look like the values below")
    if repeated:
        reasons.append(f"{int(repeated)} cells come again below")
    return score, reasons


# Private functions


def _known_header(rows: list[list[str]], names: Sequence[str]) -> int | None:
    """The row, among those where a header may stand, that holds most of the names that are known."""
    wanted = {name.casefold() for name in names}
    for number, row in enumerate(rows[:30]):
        here = {cell.strip().casefold() for cell in row if cell.strip()}
        if len(wanted) > 1 and len(here & wanted) >= 0.6 * max(len(here), len(wanted)):
            return number
    return None


def _first_alike(rows: list[list[str]], width: int, first: int) -> int:
    """The first of the rows above that are records with some fields more or less, where nothing tells them from those below."""
    start = first
    numbers = (INTEGER, DECIMAL, DATE, TIME)
    while start and width > 3 and 0.7 * width <= len(rows[start - 1]) <= 1.3 * width:
        start -= 1
    below = rows[first : first + 20]
    usual = sum(class_of(cell) in numbers for row in below for cell in row) / max(len(below), 1)
    above = [sum(class_of(cell) in numbers for cell in row) for row in rows[start + 1 : first]]
    return start if usual and above and sum(above) >= 0.5 * usual * len(above) else first


def _first_full(rows: list[list[str]], width: int, first: int, last: int) -> int:
    """The first row that is about as full as the rows of the table are; padded titles stand above it."""
    filled = sorted(
        sum(bool(cell.strip()) for cell in row) for row in rows[first : last + 1] if len(row) == width
    )
    usual = filled[len(filled) // 2] if filled else width
    for number in range(first, min(first + 30, last)):
        here = sum(bool(cell.strip()) for cell in rows[number])
        if len(rows[number]) == width and here and _is_like_the_next(rows[number], rows[number + 1]):
            return number
        if len(rows[number]) != width or usual >= 3 and here <= 0.34 * usual:
            continue
        below = max(sum(bool(cell.strip()) for cell in row) for row in rows[number + 1 : number + 5])
        if here and (here > 1 or below < 2 or not rows[number][0].strip()):
            return number
    return first


def _is_like_the_next(row: list[str], below: list[str]) -> bool:
    """Whether all that a row holds are numbers, days and times, each over one of its kind: a record, though most of its cells are empty."""
    kinds = [(class_of(cell), class_of(other)) for cell, other in zip(row, below, strict=False) if cell.strip()]
    return all(kind == other and kind in (INTEGER, DECIMAL, DATE, TIME) for kind, other in kinds)


def _short_header(rows: list[list[str]], width: int, first: int, last: int) -> int | None:
    """The row above the table, where it names columns but is wider or narrower than they are."""
    if not first:
        return None
    row = [cell.strip() for cell in rows[first - 1]]
    if len(row) < 2 or not 0.6 * width <= len(row) <= 2 * width + 2:
        return None
    names = [cell for cell in row if cell]
    if len(names) < max(2, 0.6 * min(width, len(row))):
        return None
    if any(class_of(cell) in (INTEGER, DECIMAL, DATE, TIME, ADDRESS) for cell in names):
        return None
    body = [cell.strip() for other in rows[first : min(first + 20, last + 1)] for cell in other]
    values = sum(class_of(cell) in (INTEGER, DECIMAL, DATE, TIME) for cell in body)
    heads = sum(_is_head(cell) for cell in names)
    if len(set(names)) < 0.9 * len(names):
        return first - 1 if values >= 0.5 * len(body) else None
    return first - 1 if values >= 0.15 * len(body) or heads >= 0.5 * len(names) else None


def _bounds(rows: list[list[str]], width: int) -> tuple[int, int]:
    """First and last row of the table."""
    agreeing = [number for number, row in enumerate(rows) if len(row) == width]
    if not agreeing:
        return 0, max(0, len(rows) - 1)
    first = agreeing[0]
    if len(agreeing) > 3 and first and len(rows[first + 1]) == 1:
        first = agreeing[1]  # a line of the text above, that happens to have as many fields
    return first, agreeing[-1]


def _years_as_names(head: list[str]) -> list[str]:
    """The cells of a row, with years that follow one another made names: they head columns, and are no values."""
    named = list(head)
    run: list[int] = []
    for number, cell in enumerate([*head, ""]):
        year = int(cell) if re.fullmatch(r"(?:19|20)\d\d", cell) else 0
        if year and run and abs(year - int(head[run[-1]])) == 1:
            run.append(number)
            continue
        if len(run) >= 3:
            for at in run:
                named[at] = f"year {head[at]}"
        run = [number] if year else []
    return named


def _is_sparse(body: list[list[str]], width: int) -> bool:
    """Whether most cells below are empty: a row that is full stands out."""
    return width > 4 and sum(bool(cell.strip()) for row in body for cell in row) < 0.5 * width * len(body)


def _is_run(cells: list[str]) -> bool:
    """Whether most cells of a row count on from their neighbour: ``a, b, c`` or ``item 1, item 2``."""
    parts = [_COUNTED.fullmatch(cell.strip()) for cell in cells if cell.strip()]
    steps = 0
    for one, other in zip(parts, parts[1:], strict=False):
        if one and other and one[1]:
            steps += one[1] == other[1] and int(other[2]) == int(one[2]) + 1
    letters = [cell.strip() for cell in cells if len(cell.strip()) == 1 and cell.strip().isalpha()]
    steps += sum(ord(other) == ord(one) + 1 for one, other in zip(letters, letters[1:], strict=False))
    return steps >= 2 and steps >= 0.5 * (len(parts) - 1)


def _is_head(cell: str) -> bool:
    if len(cell) > _NAME_CHARS_MAX:
        return False
    words = [word.lower() for word in _SPLIT.split(cell) if word]
    return 0 < len(words) <= 6 and any(word in HEADS or word.rstrip("s0123456789") in HEADS for word in words)


def _column(cell: str, column: list[str]) -> float:
    """Evidence of one column, -1 to 1.2."""
    filled = [value for value in column if value]
    if not filled:
        return 0.0
    kind, count = Counter(class_of(value) for value in filled).most_common(1)[0]
    share = count / len(filled)
    own = class_of(cell) if cell else EMPTY
    typed = kind in (INTEGER, DECIMAL, DATE, TIME, ADDRESS, BOOLEAN)
    if typed and share >= 0.7:
        if own in (INTEGER, DECIMAL, DATE, TIME, ADDRESS) or own == kind:
            return -1.2 if own == kind or {own, kind} <= {INTEGER, DECIMAL} else -0.6
        if own in (WORDS, CODE, ODD) and not (cell and cell[0].isdigit()):
            return 1.2
        return 0.0
    if not cell:
        return -0.1
    return _text_column(cell, own, kind, filled)


_HEAD_CHARS = 5


def _common_head(cell: str, filled: list[str]) -> float:
    """Share of values that begin as the cell does, where values are no repeats of one."""
    head = cell[:_HEAD_CHARS]
    if len(head) < _HEAD_CHARS or len(set(filled)) < 0.5 * len(filled):
        return 0.0
    return sum(value.startswith(head) for value in filled) / len(filled)


def _text_column(cell: str, own: str, kind: str, filled: list[str]) -> float:
    """Evidence of a column of text: lengths, digits and case of its values beside the first one's."""
    evidence = 0.0
    sizes = sorted(len(value) for value in filled)
    low, high = sizes[len(sizes) // 20], sizes[-1 - len(sizes) // 20]
    if len(filled) >= 3 and low == high and len(cell) != low:
        evidence += 0.6
    elif len(filled) >= 3 and not low * 0.7 <= len(cell) <= high * 1.3:
        evidence += 0.25
    digits = sum(any(c.isdigit() for c in value) for value in filled) / len(filled)
    has = any(c.isdigit() for c in cell)
    if digits > 0.8:
        evidence += -0.5 if has else 0.7
    elif digits < 0.1 and has:
        evidence -= 0.2
    if own in (INTEGER, DECIMAL, DATE, TIME):
        evidence -= 0.8
    if len(filled) >= 5 and low == high == len(cell) and own == kind == CODE and cell.isupper():
        evidence -= 0.8 * (sum(value.isupper() for value in filled) == len(filled))
    if "_" in cell and not any("_" in value for value in filled):
        evidence += 0.5
    if len(filled) >= 4 and _common_head(cell, filled) >= 0.5:
        evidence -= 1.0
    upper = sum(value.isupper() for value in filled) / len(filled)
    if (upper > 0.9) != cell.isupper() and (upper > 0.9 or upper < 0.1):
        evidence += 0.25
    if len(filled) >= 8 and len(set(filled)) < 0.5 * len(filled) and cell not in filled:
        evidence += 0.35
    return max(-1.2, min(1.2, evidence))
