"""What a statement states of itself: its summary of entries, its balances, and the totals of a batch."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from loadstone.books import ControlTotal

from ..ledger import Ledger
from .values import number_of

BOOKED = frozenset(("BOOK", ""))
_OPENING, _CLOSING, _INTERIM = ("OPBD", "PRCD"), "CLBD", "ITBD"


class Statement:
    """Counts and sums of one statement, to be compared when it ends."""

    def __init__(self, scope: str) -> None:
        self.scope = scope
        self.entries = 0
        self._counts = {"C": 0, "D": 0}
        self._sums = {"C": Decimal(0), "D": Decimal(0)}
        self._booked: dict[str, Decimal] = {}
        self._balances: list[tuple[str, str, Decimal, str]] = []
        self._summary: Mapping[str, str] = {}
        self._summary_origin = ""

    def add(self, amount: str, currency: str, direction: str, status: str) -> None:
        """Count an entry."""
        figure = Decimal(amount)
        self._counts[direction] += 1
        self._sums[direction] += figure
        if status in BOOKED:
            moved = figure if direction == "C" else -figure
            self._booked[currency] = self._booked.get(currency, Decimal(0)) + moved

    def balance(self, kind: str, currency: str, signed: str, origin: str) -> None:
        """Keep a balance."""
        self._balances.append((kind, currency, Decimal(signed), origin))

    def summary(self, texts: Mapping[str, str], origin: str) -> None:
        """Keep what ``TxsSummry`` states."""
        self._summary, self._summary_origin = texts, origin

    def settle(self, ledger: Ledger) -> None:
        """State all totals."""
        both = self._counts["C"] + self._counts["D"]
        total, net = self._sums["C"] + self._sums["D"], self._sums["C"] - self._sums["D"]
        figures = [
            ("entries", "TtlNtries/NbOfNtries", Decimal(both)),
            ("sum of entries", "TtlNtries/Sum", total),
            ("credit entries", "TtlCdtNtries/NbOfNtries", Decimal(self._counts["C"])),
            ("credits", "TtlCdtNtries/Sum", self._sums["C"]),
            ("debit entries", "TtlDbtNtries/NbOfNtries", Decimal(self._counts["D"])),
            ("debits", "TtlDbtNtries/Sum", self._sums["D"]),
        ]
        for name, path, counted in figures:
            self._state(ledger, name, number_of(self._summary, f"{path}"), counted, self._summary_origin)
        for amount, sign in (
            ("TtlNtries/TtlNetNtryAmt", "TtlNtries/CdtDbtInd"),
            ("TtlNtries/TtlNetNtry/Amt", "TtlNtries/TtlNetNtry/CdtDbtInd"),
        ):
            stated = number_of(self._summary, amount)
            if stated is not None and self._summary.get(sign) == "DBIT":
                stated = -stated
            self._state(ledger, "net of entries", stated, net, self._summary_origin)
        self._settle_balances(ledger)

    # Private methods

    def _settle_balances(self, ledger: Ledger) -> None:
        for currency in dict.fromkeys(currency for _, currency, _, _ in self._balances):
            of_currency = [balance for balance in self._balances if balance[1] == currency]
            interim = [balance for balance in of_currency if balance[0] == _INTERIM]
            opening = next((one for kind in _OPENING for one in of_currency if one[0] == kind), None)
            closing = next((one for one in of_currency if one[0] == _CLOSING), None)
            if opening is None and interim:
                opening = interim.pop(0)
            if closing is None and interim:
                closing = interim.pop()
            if opening is None or closing is None:
                continue
            counted = opening[2] + self._booked.get(currency, Decimal(0))
            self._state(ledger, f"closing balance {currency}", closing[2], counted, closing[3])

    def _state(
        self, ledger: Ledger, name: str, stated: Decimal | None, counted: Decimal, origin: str
    ) -> None:
        if stated is not None:
            ledger.state(
                ControlTotal(name=name, scope=self.scope, stated=stated, counted=counted, origin=origin)
            )


class Batch:
    """Counts and sums of the transactions of one batch."""

    def __init__(self, texts: Mapping[str, str], scope: str, origin: str) -> None:
        self.texts = texts
        self._scope, self._origin = scope, origin
        self._count, self._sum, self._comparable = 0, Decimal(0), True

    def add(self, amount: str | None, currency: str | None) -> None:
        """Count a transaction; one without an amount in the batch's currency makes the sum unknown."""
        self._count += 1
        if amount is None or currency != self.texts.get("TtlAmt@Ccy"):
            self._comparable = False
        else:
            self._sum += Decimal(amount)

    def settle(self, ledger: Ledger) -> None:
        """State the totals, where the file has the transactions at all."""
        stated = {"transactions": (number_of(self.texts, "NbOfTxs"), Decimal(self._count))}
        if self._comparable:
            stated["sum of transactions"] = (number_of(self.texts, "TtlAmt"), self._sum)
        for name, (figure, counted) in stated.items():
            if figure is not None and self._count:
                ledger.state(
                    ControlTotal(
                        name=name, scope=self._scope, stated=figure, counted=counted, origin=self._origin
                    )
                )
