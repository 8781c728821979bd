"""What a connection may say beside its URL."""

from __future__ import annotations

from typing import Any

import pytest

from loadstone.connections.configured import connections_of
from loadstone.connections.model import Connection
from loadstone.connections.options import SftpOptions, options_of, shown_url
from loadstone.errors import FixSpec

LOGIN = {"password": "env:P"}


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ({"url": "sftp://a@h/in", **LOGIN}, "sftp"),
        ({"url": "ftp://h"}, "ftp"),
        ({"url": "FTPS://h", **LOGIN}, "ftp"),
        ({"url": "s3://bucket/in"}, "s3"),
        ({"url": "https://h/x.csv", "file_name": "x.csv"}, "http"),
        ({"url": "file:///in"}, "directory"),
        ({"url": "/in", "kind": "directory"}, "directory"),
        ({"url": "postgresql://h/d"}, "database"),
        ({"url": "postgresql://h/d", "kind": "query", "query": "SELECT 1", "file_name": "a.csv"}, "query"),
    ],
    ids=["sftp", "ftp", "ftps", "s3", "https", "file", "path", "database", "query"],
)
def test_the_scheme_says_the_kind(values: dict[str, Any], kind: str) -> None:
    """Unless it is said."""
    assert kind == connections_of({"connections": {"X": values}})["x"].kind


@pytest.mark.parametrize(
    ("values", "told"),
    [
        (
            {"url": "sftp://a:hunter2-long@h", **LOGIN},
            'url holds a password; give it as password = "env:NAME"',
        ),
        ({"url": "sftp://a@h", "password": "hunter2-long"}, "password: must be env:NAME or file:/path"),
        ({"url": "sftp://a@h"}, "give password or key_file"),
        ({"url": "sftp://a@h", "paswort": "x", **LOGIN}, "paswort: unknown key"),
        ({"url": "sftp://a@h", "timeout_s": 0, **LOGIN}, "timeout_s: must be greater than 0"),
        ({"url": "s3://b", "access_key": "env:A"}, "go together"),
        ({"url": "https://h"}, "give either listing or file_name"),
        ({"url": "https://h", "file_name": "a", "token": "env:T", **LOGIN}, "either token or password"),
        (
            {"url": "https://h", "file_name": "a", "headers": {"X-Key": "hunter2-long"}},
            "headers.X-Key must be env",
        ),
        (
            {
                "url": "d",
                "kind": "query",
                "query": "SELECT 1",
                "file_name": "{until}",
                "watermark": "SELECT 2",
            },
            "needs :until",
        ),
        (
            {"url": "d", "kind": "query", "query": "SELECT 1", "file_name": "{until}"},
            "file_name holds {until} where there is a watermark",
        ),
        ({"url": "postgresql://h", "password": "hunter2-long"}, "unknown keys password"),
        ({"url": "https://h/in", "kind": "sftp", **LOGIN}, "of kind sftp must begin with sftp:"),
        ({"url": "in", "kind": "ftp", **LOGIN}, "of kind ftp must begin with ftp: or ftps:"),
        ({"url": "sftp:///in", **LOGIN}, "url names no host"),
        ({"url": "s3:///in"}, "url names no bucket"),
        ({"url": "sftp://h:99999/in", **LOGIN}, "url is no URL: Port out of range"),
    ],
    ids=[
        "password in the URL",
        "password itself",
        "no login",
        "unknown key",
        "no time",
        "half a key",
        "no way",
        "two logins",
        "secret header",
        "endless query",
        "name without watermark",
        "database",
        "other scheme",
        "no scheme",
        "no host",
        "no bucket",
        "no port",
    ],
)
def test_wrong_options_are_refused(values: dict[str, Any], told: str) -> None:
    """With their names, and never with a secret that stands where it should not."""
    with pytest.raises(FixSpec, match="LS-7401") as caught:
        connections_of({"connections": {"x": values}})
    assert told in caught.value.message and "hunter2" not in str(caught.value)


def test_options_made_by_hand_are_looked_at_too() -> None:
    """A connection that is not of the configuration."""
    with pytest.raises(FixSpec, match="LS-7401"):
        options_of(Connection(name="x", kind="sftp", url="sftp://h"), SftpOptions)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("sftp://a:hunter2@h:2222/in", "sftp://a@h:2222/in"),
        ("https://h/in?token=hunter2#x", "https://h/in"),
        ("/data/in", "/data/in"),
    ],
    ids=["password", "query", "path"],
)
def test_a_url_is_shown_without_secrets(url: str, shown: str) -> None:
    """Neither its password nor its query."""
    assert shown == shown_url(url)
