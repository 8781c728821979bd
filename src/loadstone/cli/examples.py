"""Examples of each command, shown by ``--help`` and in the reference; a test parses every one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

EXAMPLES: Mapping[str, Sequence[str]] = {
    "": (
        "loadstone check payments.ctl",
        "loadstone load payments.ctl --target bank.db --ddl payments.sql",
        "loadstone rejects --target bank.db",
    ),
    "load": (
        "loadstone load payments.ctl --target bank.db --ddl payments.sql",
        "loadstone load payments.ctl --target bank.db --ddl payments.sql --dry-run",
        "loadstone load payments.ctl --data in/payments.dat.gz --target postgresql://loader@db/bank",
        "gunzip -c payments.gz | loadstone load payments.ctl --data - --target bank.duckdb --json",
    ),
    "check": (
        "loadstone check payments.ctl",
        "loadstone check payments.ctl --target sqlite --json",
    ),
    "explain": ("loadstone explain payments.ctl --target bank.db --ddl payments.sql",),
    "convert": (
        "loadstone convert payments.ctl -o payments.yaml",
        "loadstone convert payments.yaml --to control",
    ),
    "detect": (
        "loadstone detect payments.dat",
        "loadstone detect in/* --json",
        "loadstone detect payments_20261125.csv --against payments_20261124.csv",
    ),
    "totals": ("loadstone totals payroll.ach", "loadstone totals statement.sta --json"),
    "propose": (
        "loadstone propose payments.csv -o payments.yaml",
        "loadstone propose accounts.dat --copybook accounts.cpy --encoding cp1140 -o accounts.yaml",
    ),
    "write": (
        "loadstone write payments-out.yaml --source bank.db --business-date 2026-11-25 --define sequence=7",
        "loadstone write payments-out.yaml --source bank.duckdb --folder out --replace --json",
        "loadstone write --schema > outputspec.schema.json",
    ),
    "transactions run": (
        "loadstone transactions run day.yaml --target bank.db --ddl day.sql --data in/day.dat",
        "loadstone transactions run day.yaml --target postgresql://loader@db/bank --business-date 2026-11-25 --json",
    ),
    "transactions explain": (
        "loadstone transactions explain day.yaml",
        "loadstone transactions explain day.yaml --svg day.svg",
    ),
    "transactions schema": ("loadstone transactions schema > transactions.schema.json",),
    "rejects": (
        "loadstone rejects --target bank.db --show-values",
        "loadstone rejects 677eb66d --target bank.db --output rejects.csv",
    ),
    "target init": (
        "loadstone target init bank.db",
        "loadstone target init postgresql://owner@db/bank --sql --role loader",
    ),
    "target prune": ("loadstone target prune bank.db --days 30 --rejects-days 365",),
    "spec schema": ("loadstone spec schema > loadspec.schema.json",),
    "errors": ("loadstone errors LS-3001", "loadstone errors"),
    "original": ("loadstone original payments.ctl --target oracle://scott@db:1521/bank",),
    "sqlldr": (
        "loadstone sqlldr userid=scott/tiger@bank control=payments.ctl log=payments.log",
        "ln -s $(command -v loadstone) ~/bin/sqlldr; sqlldr parfile=payments.par",
    ),
    "jobs": (
        "loadstone jobs store payments.yaml",
        "loadstone jobs approve payments --as bob",
        "loadstone jobs launch payments data=payments.dat business_date=2026-11-24",
        "loadstone jobs runs --active",
    ),
    "jobs store": ("loadstone jobs store payments.yaml",),
    "jobs approve": ("loadstone jobs approve payments --as bob",),
    "jobs retire": ("loadstone jobs retire payments --version 1",),
    "jobs list": ("loadstone jobs list --json",),
    "jobs show": ("loadstone jobs show payments",),
    "jobs schema": ("loadstone jobs schema > job.schema.json",),
    "jobs pool": ("loadstone jobs pool", "loadstone jobs pool slow 2"),
    "jobs launch": (
        "loadstone jobs launch payments data=payments.dat business_date=2026-11-24",
        "loadstone jobs launch payments data=payments.dat business_date=2026-11-24 --wait",
    ),
    "jobs runs": ("loadstone jobs runs --active", "loadstone jobs runs payments --limit 5"),
    "jobs run": ("loadstone jobs run 17", "loadstone jobs run 17 --json"),
    "jobs tune": ("loadstone jobs tune payments", "loadstone jobs tune payments --last 200 --json"),
    "jobs stop": ("loadstone jobs stop 17",),
    "jobs pause": ("loadstone jobs pause 17",),
    "jobs resume": ("loadstone jobs resume 17",),
    "jobs abandon": ('loadstone jobs abandon 17 --reason "the sender sent it twice"',),
    "jobs workers": ("loadstone jobs workers", "loadstone jobs workers --stop"),
    "schedules": ("loadstone schedules store schedules.yaml", "loadstone schedules list"),
    "schedules store": ("loadstone schedules store schedules.yaml",),
    "schedules list": ("loadstone schedules list",),
    "schedules calendars": ("loadstone schedules calendars",),
    "schedules ticks": ("loadstone schedules ticks payments-nightly --limit 5",),
    "schedules enable": ("loadstone schedules enable payments-nightly",),
    "schedules disable": ("loadstone schedules disable payments-nightly",),
    "schedules backfill": (
        "loadstone schedules backfill payments-nightly --from 2026-11-01 --to 2026-11-20 --preview",
    ),
    "deadletters": (
        "loadstone deadletters list --state open",
        "loadstone deadletters correct 1 --text '1003|FR14|12.00|EUR'",
        "loadstone deadletters replay 1",
    ),
    "deadletters list": ("loadstone deadletters list --state open --load 677eb66d",),
    "deadletters show": ("loadstone deadletters show 1 --show-values",),
    "deadletters correct": (
        "loadstone deadletters correct 1 --text '1003|FR14|12.00|EUR'",
        "loadstone deadletters correct 1 --file record.bin",
    ),
    "deadletters replay": ("loadstone deadletters replay 1 2 3",),
    "deadletters drop": ('loadstone deadletters drop 2 --reason "test record of the sender"',),
    "connections": ("loadstone connections list", "loadstone connections test bank"),
    "connections list": ("loadstone connections list",),
    "connections test": (
        "loadstone connections test bank",
        "loadstone connections test postgresql://loader@db/bank",
        "loadstone connections test file:///data/inbox",
    ),
    "connections reset": ("loadstone connections reset bank",),
    "sources": ("loadstone sources import registry/*.yaml", "loadstone sources list"),
    "sources list": ("loadstone sources list", "loadstone sources list --json"),
    "sources show": ("loadstone sources show core-banking",),
    "sources add": ("loadstone sources add core-banking.yaml",),
    "sources edit": (
        "loadstone sources edit core-banking timezone=Europe/Berlin",
        "loadstone sources edit core-banking enabled=false --version 3",
    ),
    "sources remove": ("loadstone sources remove core-banking --feeds",),
    "sources import": (
        "loadstone sources import registry/*.yaml --dry-run",
        "loadstone sources import registry/*.yaml --prune",
    ),
    "sources export": (
        "loadstone sources export -o registry.yaml",
        "loadstone sources export core-banking",
    ),
    "feeds": ("loadstone feeds list core-banking", "loadstone feeds match gl_20261124_001.csv"),
    "feeds list": ("loadstone feeds list", "loadstone feeds list core-banking --json"),
    "feeds show": ("loadstone feeds show GL_DAILY",),
    "feeds add": ("loadstone feeds add gl_daily.yaml",),
    "feeds edit": (
        "loadstone feeds edit GL_DAILY sla.cutoff=06:30 drift.added=hold",
        "loadstone feeds edit GL_DAILY sla= --version 2",
    ),
    "feeds remove": ("loadstone feeds remove GL_DAILY",),
    "feeds match": (
        "loadstone feeds match gl_20261124_001.csv",
        "loadstone feeds match gl_20261124_001.csv --connection core --folder out",
    ),
    "notifications": ("loadstone notifications list", "loadstone notifications acknowledge 3"),
    "notifications list": ("loadstone notifications list --all",),
    "notifications rules": ("loadstone notifications rules",),
    "notifications test": ("loadstone notifications test stewards",),
    "notifications acknowledge": ("loadstone notifications acknowledge 3 --as ann",),
    "worker": ("loadstone worker", "loadstone worker --until-idle --threads 4 --json-log"),
    "repository upgrade": ("loadstone repository upgrade --repository postgresql://loader@db/jobs",),
    "repository downgrade": ("loadstone repository downgrade base",),
    "repository audit": (
        "loadstone repository audit --object job:payments",
        "loadstone repository audit --verify",
    ),
}
"""Lines by the name of the command."""
