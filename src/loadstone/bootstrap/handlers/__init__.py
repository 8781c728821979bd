"""The handlers of jobs, by name; each imports its rooms when it runs."""

from __future__ import annotations

from loadstone.jobs.handlers import Handler


def handlers() -> dict[str, Handler]:
    """A new set of all handlers; one set serves all threads of a worker."""
    from loadstone.bootstrap.handlers.audit import AuditHandler
    from loadstone.bootstrap.handlers.command import CommandHandler
    from loadstone.bootstrap.handlers.load import LoadHandler
    from loadstone.bootstrap.handlers.validate import ValidateHandler

    return {
        "audit": AuditHandler(),
        "command": CommandHandler(),
        "load": LoadHandler(),
        "validate": ValidateHandler(),
    }
