"""Real control files with their data and DDL, into each target."""

from __future__ import annotations

from pathlib import Path

import pytest

from loadstone.bootstrap import loads
from loadstone.errors import LoadstoneError
from loadstone.spec import LoadRequest
from loadstone.sqlldr.control import read_control
from tests.runs import Undisturbed
from tests.shared import SQLLDR, needs_corpus, rows_of

STRONG = [
    r
    for r in rows_of("manifest.tsv")
    if r["data_match"] == "strong" and r["data"] and r["ddl"] and not r["flags"]
]
REFUSED = {
    "oleksiivorobiov__oracle_oci_examples/cdemdpro.ctl": "an object table with an OID",
    "oracle-samples__db-sample-schemas/product_media__pm_p_lob.ctl": "nested tables, objects and BFILEs",
}
"""What no relational target can take, and why."""


@needs_corpus
@pytest.mark.parametrize("number", range(len(STRONG)))
def test_real_control_files_load(number: int, target_url: str, here: Path) -> None:
    """Each loads with exit code 0 or 2, books balanced, each reject with a reason; or is listed as refused."""
    row = STRONG[number]
    control = str(SQLLDR / row["local_file"])
    request = LoadRequest(
        spec=read_control(control),
        spec_path=control,
        target=target_url,
        data=(str(SQLLDR / row["data"]),),
        bad="b.bad",
        discard="d.dsc",
        log="l.log",
        ddl=(str(SQLLDR / row["ddl"]),),
        create_tables=True,
    )
    if row["local_file"] in REFUSED:
        with pytest.raises(LoadstoneError):
            loads.load(request, Undisturbed())
        return
    receipt = loads.load(request, Undisturbed())
    assert receipt.exit_code in (0, 2) and receipt.counts.balanced
    assert all(reject.reason for reject in loads.rejects(request.target)[1])
