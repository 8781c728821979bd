"""The handlers of jobs, by name; each imports its rooms when it runs."""

from __future__ import annotations

from loadstone.database.open import Database
from loadstone.jobs.handlers import Handler


def handlers(database: Database) -> dict[str, Handler]:
    """A new set of all handlers for a repository; one set serves all threads of a worker."""
    from loadstone.bootstrap.handlers.audit import AuditHandler
    from loadstone.bootstrap.handlers.command import CommandHandler
    from loadstone.bootstrap.handlers.deadletters import DeadLettersHandler
    from loadstone.bootstrap.handlers.load import LoadHandler
    from loadstone.bootstrap.handlers.validate import ValidateHandler
    from loadstone.bootstrap.handlers.write import WriteHandler

    return {
        "audit": AuditHandler(),
        "command": CommandHandler(),
        "deadletters": DeadLettersHandler(database),
        "load": LoadHandler(database.path),
        "validate": ValidateHandler(),
        "write": WriteHandler(database),
    }
