"""The options of ``loadstone spark``."""

from __future__ import annotations

from loadstone.cli.commands import Subparsers, define_option, late, number, schema_options


def add_spark(subparsers: Subparsers) -> None:
    """``loadstone spark``."""
    parser = subparsers.add_parser("spark", help="compute the rows of a load on many machines, by Spark")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    run = actions.add_parser(
        "run",
        help="compute rows into Parquet parts; `loadstone load PARTS/manifest.json` takes them in, exactly once",
    )
    add = run.add_argument
    add("control", metavar="CONTROL", help="control file, or spec (.yaml, .yml, .json)")
    define_option(run)
    add("--data", action="append", default=[], metavar="FILE", help="data file instead of the first INFILE")
    add(
        "--parts",
        required=True,
        metavar="DIR",
        help="folder of the parts, which all workers see; a run that died goes on in it",
    )
    add(
        "--master",
        default="local[*]",
        metavar="URL",
        help="master of Spark: local[2], spark://host:7077, yarn, k8s://...; local[*]",
    )
    add(
        "--conf",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a property of Spark, such as spark.executor.memory=4g",
    )
    add(
        "--part-size",
        type=number(1),
        metavar="BYTES",
        help="bytes of the data file for each part, which is a transaction of the load; 16 MiB",
    )
    add(
        "--target",
        metavar="URL",
        help="target, whose columns say what values must be; LOADSTONE_TARGET when absent",
    )
    add("--ddl", action="append", default=[], metavar="FILE", help="Oracle DDL: makes missing tables")
    add("--create-tables", action="store_true", help="make missing tables from the spec")
    schema_options(run)
    add("--skip", type=number(0), metavar="N", help="records to skip")
    add("--load", type=number(0), metavar="N", help="records to read after them; all")
    add("--json", action="store_true", help="print what was computed as JSON")
    add("--quiet", action="store_true", help="print nothing but errors")
    run.set_defaults(run=late("spark", "run_spark"))
