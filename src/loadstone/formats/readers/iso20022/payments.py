"""Reads pain.001: credit transfers with the payment information they stand in, and the totals at both levels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Literal

from lxml import etree

from loadstone.books import ControlTotal
from loadstone.errors import FixFile, Place

from ..ledger import Ledger
from ..model import Readable, Row
from .document import Element, drop, elements_of, parent_of, texts_of
from .layout import CREDIT_TRANSFER, GROUP, PAYMENT, PAYMENT_COLUMNS
from .statements import RAW_CHARS_MAX
from .values import Malformed, Texts, moment_of, needed_amount, number_of

_GROUP_TEXTS, _PAYMENT_TEXTS, _TRANSFER_TEXTS = (
    Texts([one.paths for one in columns]) for columns in (GROUP, PAYMENT, CREDIT_TRANSFER)
)
_NAMES = ("GrpHdr", "CdtTrfTxInf", "PmtInf")

Values = tuple[str | None, ...]


class PaymentReader:
    """
    The transactions of a pain.001.

    A transaction that cannot be read is one bad row.

    Raises:
        FixFile: LS-2050 no XML of this kind, or a document type in it; LS-2051 it ends early; LS-2052 it is not well formed.
    """

    def __init__(
        self, stream: Readable, *, name: str, rows: Literal["transactions"] = "transactions"
    ) -> None:
        self.columns = tuple(column.name for column in PAYMENT_COLUMNS)
        self._stream, self._name = stream, name
        self._ledger = Ledger()
        self._group: Mapping[str, str] = {}
        self._group_origin = ""
        self._payment: _Payment | None = None
        self._payments = self._count = 0
        self._sum = Decimal(0)

    def __iter__(self) -> Iterator[Row]:
        """The rows, in the file's order."""
        for name, element in elements_of(self._stream, _NAMES, name=self._name):
            if name == "CdtTrfTxInf" and parent_of(element) == "PmtInf":
                yield from self._transaction(element)
            elif name == "PmtInf" and parent_of(element) in ("CstmrCdtTrfInitn", "pain.001.001.02"):
                self._end_payment(element)
            elif name == "GrpHdr":
                self._group = texts_of(element)
                self._group_origin = f"line {element.sourceline or 0}"
        if not self._payments:
            raise FixFile(
                "LS-2050", "it has no payment information (PmtInf) of pain.001", Place(file=self._name)
            )
        self._settle(self._ledger, "file", self._group, self._count, self._sum, self._group_origin)

    def controls(self) -> tuple[ControlTotal, ...]:
        """Number and sum of the transactions, of each payment information and of the file."""
        return self._ledger.totals()

    # Private methods

    def _current(self, element: Element) -> _Payment:
        """The payment information that ``element`` is; its own fields stand before its transactions."""
        if self._payment is None:
            self._payments += 1
            self._payment = _Payment(texts_of(element, skip=("CdtTrfTxInf",)), element.sourceline or 0)
        return self._payment

    def _transaction(self, element: Element) -> Iterator[Row]:
        payment = self._current(element.getparent())
        payment.count += 1
        self._count += 1
        line, texts = element.sourceline or 0, texts_of(element)
        try:
            equivalent = "Amt/EqvtAmt/Amt" in texts
            amount, currency = needed_amount(texts, "Amt/EqvtAmt/Amt" if equivalent else "Amt/InstdAmt")
            payment.sum += Decimal(amount)
            self._sum += Decimal(amount)
            day, _ = moment_of(payment.texts, "ReqdExctnDt")
        except Malformed as error:
            text = etree.tostring(element, encoding="unicode", with_tail=False)[:RAW_CHARS_MAX]
            yield Row(f"line {line}", (text,), str(error))
            drop(element)
            return
        moved = (
            day, str(payment.count), amount, currency, "Y" if equivalent else "N", texts.get("Amt/EqvtAmt/CcyOfTrf"),
        )  # fmt: skip
        group = _GROUP_TEXTS.of(self._group)
        of_payment = _PAYMENT_TEXTS.of(payment.texts)
        rest = _TRANSFER_TEXTS.of(texts)
        yield Row(f"line {line}", (str(line), *group, *of_payment, *moved, *rest))
        drop(element)

    def _end_payment(self, element: Element) -> None:
        payment = self._current(element)
        self._payment = None
        scope, origin = f"payment information {self._payments}", f"line {payment.line}"
        self._settle(self._ledger, scope, payment.texts, payment.count, payment.sum, origin)
        drop(element)

    def _settle(
        self, ledger: Ledger, scope: str, texts: Mapping[str, str], count: int, total: Decimal, origin: str
    ) -> None:
        for name, path, counted in (
            ("transactions", "NbOfTxs", Decimal(count)),
            ("sum of transactions", "CtrlSum", total),
        ):
            stated = number_of(texts, path)
            if stated is not None:
                ledger.state(
                    ControlTotal(name=name, scope=scope, stated=stated, counted=counted, origin=origin)
                )


# Private functions


class _Payment:
    """A payment information that is being read."""

    def __init__(self, texts: Mapping[str, str], line: int) -> None:
        self.texts, self.line = texts, line
        self.count, self.sum = 0, Decimal(0)
