"""Specs of structured files for tests."""

from __future__ import annotations

from typing import Any

from loadstone.books import LoadReceipt
from loadstone.bootstrap import loads
from loadstone.spec import LoadRequest, LoadSpec
from tests.runs import Undisturbed

DDL = "CREATE TABLE pay (id NUMBER(20) PRIMARY KEY, amount NUMBER(20,2), booked DATE, who VARCHAR2(40));"
FIELDS: list[dict[str, Any]] = [
    {"name": "AMOUNT", "type": {"name": "decimal_external"}},
    {"name": "ID", "type": {"name": "integer_external"}},
    {"name": "BOOKED", "type": {"name": "date", "mask": "YYYY-MM-DD"}},
    {"name": "WHO"},
]


def spec_of(path: str, reading: dict[str, Any], **table: Any) -> LoadSpec:
    """A spec that loads ``FIELDS`` of a file into ``pay``."""
    return LoadSpec.model_validate(
        {
            "inputs": [{"path": path, "reading": reading}],
            "method": "append",
            "tables": [{"table": {"name": "PAY"}, "fields": FIELDS, **table}],
        }
    )


def load_spec(spec: LoadSpec, target: str, **options: Any) -> LoadReceipt:
    """Load by a spec in the working directory, with the table of ``DDL``."""
    with open("pay.sql", "w") as file:
        file.write(DDL)
    request = LoadRequest(spec=spec, spec_path="load.yaml", target=target, ddl=("pay.sql",), **options)
    return loads.load(request, Undisturbed())
