"""The options of ``loadstone transactions``."""

from __future__ import annotations

from loadstone.cli.commands import Subparsers, define_option, late, run_options


def add_transactions(subparsers: Subparsers) -> None:
    """``loadstone transactions``."""
    parser = subparsers.add_parser(
        "transactions", help="load types of transactions in the order of what they need"
    )
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    run = actions.add_parser("run", help="stage a load once, and publish its types, each as a whole")
    run.add_argument("spec", metavar="SPEC", help="transaction spec (YAML or JSON), which names the load")
    run_options(run)
    run.add_argument("--json", action="store_true", help="print one receipt as JSON, with its types")
    run.add_argument("--quiet", action="store_true", help="print nothing but errors")
    run.set_defaults(run=late("transactions", "run_transactions"), atomic=True)
    explain = actions.add_parser(
        "explain", help="show the graph: levels, what each type needs, what goes together"
    )
    explain.add_argument("spec", metavar="SPEC", help="transaction spec (YAML or JSON)")
    define_option(explain)
    explain.add_argument("--svg", metavar="FILE", help="draw it into a file")
    explain.add_argument("--json", action="store_true", help="print it as JSON")
    explain.set_defaults(run=late("transactions", "run_explain"))
    schema = actions.add_parser("schema", help="print the JSON Schema of a transaction spec")
    schema.set_defaults(run=late("transactions", "run_schema"))
