"""Where each field stands in a record of 94 characters, and the columns that rows have; NACHA Operating Rules, appendix three."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from ..model import Column

RECORD = 94


class Place(NamedTuple):
    """A field: its column, and its first and last position, 1-based."""

    column: Column
    first: int
    last: int


FILE = (
    Place(Column("file_destination", "routing number of whom the file is for, from the file header"), 4, 13),
    Place(Column("file_origin", "routing number or company id of who made the file"), 14, 23),
    Place(Column("file_created_date", "day the file was made"), 24, 29),
    Place(Column("file_created_time", "time the file was made, HH:MM"), 30, 33),
    Place(Column("file_id_modifier", "tells the files of a day apart"), 34, 34),
    Place(Column("destination_name", "name of whom the file is for"), 41, 63),
    Place(Column("origin_name", "name of who made the file"), 64, 86),
    Place(Column("file_reference", "reference code of the file header"), 87, 94),
)

BATCH = (
    Place(Column("service_class", "200 mixed, 220 credits, 225 debits, 280 advices"), 2, 4),
    Place(Column("company_name", "who pays or collects; for IAT the indicator of the field"), 5, 20),
    Place(Column("company_data", "discretionary data of the company"), 21, 40),
    Place(Column("company_id", "identification of the company"), 41, 50),
    Place(Column("sec_code", "standard entry class, such as PPD, CCD, WEB, IAT"), 51, 53),
    Place(Column("entry_description", "what the payments are, such as PAYROLL"), 54, 63),
    Place(Column("descriptive_date", "date in the words of the company; as written"), 64, 69),
    Place(Column("effective_date", "day the entries are meant to settle"), 70, 75),
    Place(Column("settlement_day", "day of the year on which they settled, 001 to 366"), 76, 78),
    Place(Column("originator_status", "status code of the originator"), 79, 79),
    Place(Column("odfi", "first eight digits of the originating bank's routing number"), 80, 87),
    Place(Column("batch_number", "number of the batch, as written"), 88, 94),
    Place(Column("fx_indicator", "IAT: FF fixed to fixed, FV fixed to variable, VF variable to fixed"), 0, 0),
    Place(Column("fx_reference", "IAT: reference of the exchange rate"), 0, 0),
    Place(Column("destination_country", "IAT: country of the receiver"), 0, 0),
    Place(Column("origin_currency", "IAT: currency of the originator"), 0, 0),
    Place(Column("destination_currency", "IAT: currency of the receiver"), 0, 0),
)
_IAT_BATCH = {
    "company_data": (0, 0), "descriptive_date": (0, 0),
    "fx_indicator": (21, 22), "fx_reference": (24, 38), "destination_country": (39, 40),
    "origin_currency": (64, 66), "destination_currency": (67, 69),
}  # fmt: skip

ENTRY = (
    Place(Column("transaction_code", "kind of account and movement, such as 22 checking credit"), 2, 3),
    Place(Column("receiving_bank", "routing number of the receiving bank, check digit included"), 4, 12),
    Place(Column("account_number", "account of the receiver"), 13, 29),
    Place(Column("individual_id", "identification of the receiver"), 40, 54),
    Place(Column("individual_name", "name of the receiver"), 55, 76),
    Place(Column("check_serial_number", "ARC, BOC, POP, RCK, TRC, XCK: number of the check"), 0, 0),
    Place(Column("terminal_city", "POP: city of the terminal"), 0, 0),
    Place(Column("terminal_state", "POP: state of the terminal"), 0, 0),
    Place(Column("process_control", "TRC, XCK: process control field"), 0, 0),
    Place(Column("item_research_number", "TRC, XCK: item research number"), 0, 0),
    Place(Column("card_expiration", "SHR: month and year the card ends, MMYY"), 0, 0),
    Place(Column("document_reference", "SHR: document reference number"), 0, 0),
    Place(Column("advice_routing_number", "ADV: routing number of the advice"), 0, 0),
    Place(Column("discretionary_data", "discretionary data, card transaction or item type"), 77, 78),
    Place(Column("addenda_stated", "number of addenda that the entry states: CTX, ATX, ENR, TRX, IAT"), 0, 0),
    Place(Column("ofac_indicator", "IAT: result of the gateway's OFAC screening"), 0, 0),
    Place(Column("secondary_ofac_indicator", "IAT: result of a second OFAC screening"), 0, 0),
    Place(Column("trace_number", "trace number of the entry"), 80, 94),
)
_CHECK = {"check_serial_number": (40, 54), "individual_id": (0, 0)}
_COUNTED = {"addenda_stated": (55, 58), "individual_name": (59, 74)}
_TRUNCATED = {
    **_CHECK, "individual_name": (0, 0), "process_control": (55, 60), "item_research_number": (61, 76),
}  # fmt: skip
_ENTRY_BY_CLASS: dict[str, dict[str, tuple[int, int]]] = {
    "ARC": _CHECK, "BOC": _CHECK, "RCK": _CHECK, "TRC": _TRUNCATED, "XCK": _TRUNCATED,
    "POP": {"check_serial_number": (40, 48), "individual_id": (0, 0), "terminal_city": (49, 52), "terminal_state": (53, 54)},
    "SHR": {"card_expiration": (40, 43), "document_reference": (44, 54), "individual_id": (55, 76), "individual_name": (0, 0)},
    "CIE": {"individual_name": (40, 54), "individual_id": (55, 76)},
    "MTE": {"individual_name": (40, 61), "individual_id": (62, 76)},
    "CTX": _COUNTED, "ATX": _COUNTED, "ENR": _COUNTED, "TRX": _COUNTED,
    "IAT": {
        "addenda_stated": (13, 16), "account_number": (40, 74), "individual_id": (0, 0), "individual_name": (0, 0),
        "discretionary_data": (0, 0), "ofac_indicator": (77, 77), "secondary_ofac_indicator": (78, 78),
    },
    "ADV": {"account_number": (13, 27), "advice_routing_number": (40, 48), "individual_id": (49, 53)},
}  # fmt: skip

MOVED = (
    Column("direction", "C credit or D debit to the receiver's account, by the transaction code"),
    Column("amount", "dollars, with two decimals"),
)

ADDENDA = (
    Column("addenda_count", "number of addenda records that follow the entry"),
    Column("payment_information", "addenda 05 and IAT remittance, in their order, a line each"),
    Column("return_code", "addenda 99: why the entry comes back, such as R01"),
    Column("change_code", "addenda 98: what was wrong with the entry, such as C01"),
    Column("original_trace_number", "addenda 98 and 99: trace number of the entry that this one answers"),
    Column("original_receiving_bank", "addenda 98 and 99: receiving bank of that entry, eight digits"),
    Column("date_of_death", "addenda 99: day the account's holder died"),
    Column("corrected_data", "addenda 98: what should have stood there"),
    Column("return_information", "addenda 99: further words"),
    Column("foreign_amount", "IAT: amount in the receiver's currency, digits as written"),
    Column("receiver_name", "IAT: who receives"),
    Column("originator_name", "IAT: who originates"),
    Column("addenda", "all addenda records as they stand, a line each"),
)

LINE = Column("line", "line of the file, or number of the record where it has no lines")
ENTRY_COLUMNS = (
    LINE, *(place.column for place in FILE), *(place.column for place in BATCH), *MOVED,
    *(place.column for place in ENTRY), *ADDENDA,
)  # fmt: skip

BATCH_TOTALS = (
    Column("entry_addenda_count", "entries and addenda, as the batch control states"),
    Column("entry_hash", "sum of the receiving banks' numbers, last ten digits, as stated"),
    Column("total_debit", "dollars debited, as stated"),
    Column("total_credit", "dollars credited, as stated"),
    Column("entries", "entries that the batch has"),
)
BATCH_COLUMNS = (
    LINE, *(place.column for place in FILE), *(place.column for place in BATCH), *BATCH_TOTALS,
)  # fmt: skip


class Totals(NamedTuple):
    """Where a control record has its figures: Python slices of count, hash, debits and credits."""

    entries: slice
    hashed: slice
    debit: slice
    credit: slice


BATCH_CONTROL = Totals(slice(4, 10), slice(10, 20), slice(20, 32), slice(32, 44))
BATCH_CONTROL_ADVICE = Totals(slice(4, 10), slice(10, 20), slice(20, 40), slice(40, 60))
FILE_CONTROL = Totals(slice(13, 21), slice(21, 31), slice(31, 43), slice(43, 55))
FILE_CONTROL_ADVICE = Totals(slice(13, 21), slice(21, 31), slice(31, 51), slice(51, 71))


@cache
def file_slices() -> tuple[slice, ...]:
    """The fields of a file header."""
    return tuple(_slice(place.first, place.last) for place in FILE)


@cache
def batch_slices(international: bool) -> tuple[slice, ...]:
    """The fields of a batch header; those of IAT stand elsewhere."""
    moved = _IAT_BATCH if international else {}
    return _slices(BATCH, moved)


@cache
def entry_slices(sec_code: str) -> tuple[slice, ...]:
    """The fields of an entry of a class; what a class does not have is an empty slice."""
    return _slices(ENTRY, _ENTRY_BY_CLASS.get(sec_code, {}))


def amount_slice(sec_code: str) -> slice:
    """Where an entry has its amount: advices have two digits more."""
    return slice(27, 39) if sec_code == "ADV" else slice(29, 39)


# Private functions


def _slices(places: tuple[Place, ...], moved: dict[str, tuple[int, int]]) -> tuple[slice, ...]:
    return tuple(_slice(*moved.get(place.column.name, (place.first, place.last))) for place in places)


def _slice(first: int, last: int) -> slice:
    return slice(first - 1, last) if first else slice(0, 0)
