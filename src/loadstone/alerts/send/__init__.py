"""Channels: mail, webhook, command; each is a function that sends one message."""
