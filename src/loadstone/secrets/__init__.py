"""Passwords: where they come from; they are never shown."""
