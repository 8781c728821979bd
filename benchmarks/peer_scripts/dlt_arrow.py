"""dlt with an Arrow table: ``dlt_arrow.py FILE URL``. It makes its own table; the rows are then moved to ours."""

import sys
import tempfile

import dlt
import psycopg
import pyarrow as pa
from pyarrow import csv

TYPES = {
    "id": pa.int64(), "account": pa.string(), "name": pa.string(), "amount": pa.decimal128(18, 2), "currency": pa.string(),
    "booked": pa.string(), "entered": pa.timestamp("us"), "rate": pa.decimal128(12, 6), "quantity": pa.int32(),
    "code": pa.string(), "flag": pa.string(), "note": pa.string(),
}  # fmt: skip
table = csv.read_csv(
    sys.argv[1],
    csv.ReadOptions(column_names=list(TYPES)),
    csv.ParseOptions(delimiter="|"),
    csv.ConvertOptions(column_types=TYPES),
)
with psycopg.connect(sys.argv[2]) as connection:
    info = connection.info
    credentials = {
        "drivername": "postgresql", "host": "localhost", "port": info.port, "username": info.user,
        "password": info.password or "none", "database": info.dbname, "query": {"host": info.host},
    }  # fmt: skip
    connection.execute("DROP SCHEMA IF EXISTS peer_dlt CASCADE")
with tempfile.TemporaryDirectory() as folder:
    pipeline = dlt.pipeline(
        "peer", pipelines_dir=folder, destination=dlt.destinations.postgres(credentials), dataset_name="peer_dlt"
    )
    pipeline.run(table, table_name="payments", write_disposition="append")
with psycopg.connect(sys.argv[2]) as connection:
    connection.execute("DROP TABLE payments")
    connection.execute("ALTER TABLE peer_dlt.payments SET SCHEMA public")
