"""Settings: ``loadstone.toml`` and the environment; each one is declared in ``settings``."""

from loadstone.config.settings import SETTINGS, Setting, resolve_repository, resolve_target, user_functions

__all__ = ["SETTINGS", "Setting", "resolve_repository", "resolve_target", "user_functions"]
