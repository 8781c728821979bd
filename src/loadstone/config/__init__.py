"""Settings: ``loadstone.toml`` and the environment; each one is declared in ``settings``."""

from loadstone.config.settings import (
    SETTINGS,
    Setting,
    Tuning,
    fault_rules,
    known_repository,
    resolve_repository,
    resolve_target,
    section,
    tuning,
    user_functions,
)
from loadstone.config.user import current_user

__all__ = [
    "SETTINGS",
    "Setting",
    "Tuning",
    "current_user",
    "fault_rules",
    "known_repository",
    "resolve_repository",
    "resolve_target",
    "section",
    "tuning",
    "user_functions",
]
