"""ISO 20022: statements, reports and notifications (camt.052, camt.053, camt.054) and payments (pain.001), in all their versions."""

from .payments import PaymentReader
from .statements import StatementReader

__all__ = ["PaymentReader", "StatementReader"]
