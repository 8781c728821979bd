"""Mail, webhook and command against real servers and processes."""

from __future__ import annotations

import json
import sys
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest

from loadstone.alerts.channels import channels_of
from loadstone.alerts.model import Message
from loadstone.alerts.send.webhook import signature
from loadstone.errors import FixSpec, Refused, Retry
from tests.integration.alerts.servers import certificate, context_of, mail_server, web_server

MESSAGE = Message(
    key="idem-1", subject="[critical] the disk is full", text="Where: here\n", values={"fact": "full", "n": 3}
)


def send(**channel: Any) -> None:
    """Through the one channel that the configuration has."""
    channels_of({"c": channel})["c"](MESSAGE)


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    """Certificate and key of localhost."""
    return certificate(tmp_path)


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where channels find them."""
    monkeypatch.setenv("HOOK_SECRET", "hook-secret")
    monkeypatch.setenv("MAIL_PASSWORD", "geheim")


def mail(port: int, **more: Any) -> None:
    """Send a mail."""
    base = {"kind": "smtp", "host": "localhost", "port": port, "sender": "l@bank.example", "timeout_s": 3}
    send(**{**base, "to": ["ops@bank.example"], **more})


@pytest.mark.parametrize("at_once", [False, True])
def test_mail_goes_over_tls_with_a_login(files: tuple[str, str], at_once: bool) -> None:
    """STARTTLS or TLS from the start; the Message-ID is the idempotency key."""
    with mail_server(context_of(files), at_once=at_once) as server:
        tls = "tls" if at_once else "starttls"
        mail(server.port, tls=tls, ca_file=files[0], user="loadstone", password="env:MAIL_PASSWORD")
    found = message_from_bytes(server.messages[0], policy=policy.default)
    assert ("[critical] the disk is full", "<idem-1@bank.example>") == (found["Subject"], found["Message-ID"])
    assert "Where: here" in found.get_content()
    assert ([True], ["loadstone"]) == (server.encrypted, server.logins)


def test_mail_is_not_sent_in_clear_unless_that_is_asked_for(files: tuple[str, str]) -> None:
    """A server without TLS, and one that nobody vouches for, get no password and no text."""
    with mail_server() as server:
        with pytest.raises(FixSpec, match="LS-7506"):
            mail(server.port, user="loadstone", password="env:MAIL_PASSWORD")
        assert ([], []) == (server.logins, server.messages)
        mail(server.port, tls="none")
        assert 1 == len(server.messages)
    with mail_server(context_of(files)) as server:
        with pytest.raises(FixSpec, match="LS-7506.*CERTIFICATE"):
            mail(server.port)
        assert [] == server.messages


def test_what_a_mail_server_says_decides_what_comes_next(
    files: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """4xx and silence: later. 5xx, a wrong login, an unknown address: never."""
    with mail_server(context_of(files)) as server:
        server.answers += ["451 busy", "552 too big"]
        with pytest.raises(Retry, match="LS-7505.*busy"):
            mail(server.port, ca_file=files[0])
        with pytest.raises(FixSpec, match="LS-7506.*too big"):
            mail(server.port, ca_file=files[0])
        with pytest.raises(FixSpec, match="LS-7506.*no such user"):
            mail(server.port, ca_file=files[0], to=["nobody@bank.example"])
        with pytest.raises(FixSpec, match="LS-7506.*no such user"):
            mail(server.port, ca_file=files[0], to=["ops@bank.example", "nobody@bank.example"])
        assert 1 == len(server.messages)
        monkeypatch.setenv("MAIL_PASSWORD", "wrong")
        with pytest.raises(FixSpec, match="LS-7506.*535"):
            mail(server.port, ca_file=files[0], user="loadstone", password="env:MAIL_PASSWORD")
    with pytest.raises(Retry, match="LS-7505"):
        mail(server.port, ca_file=files[0])


def hook(url: str, **more: Any) -> None:
    """Post to a webhook."""
    send(**{"kind": "webhook", "url": url, "secret": "env:HOOK_SECRET", "timeout_s": 2, **more})


def test_a_webhook_is_signed(files: tuple[str, str]) -> None:
    """The receiver can prove who sent it, when, and that it is whole; it goes over TLS."""
    with web_server(context_of(files)) as server:
        hook(f"https://localhost:{server.port}/in?room=1", allow_private=True, ca_file=files[0])
    path, headers, body = server.messages[0]
    assert ("/in?room=1", {"fact": "full", "n": 3}) == (path, json.loads(body))
    wanted = signature("hook-secret", headers["Loadstone-Timestamp"], body)
    assert f"sha256={wanted}" == headers["Loadstone-Signature"]
    assert ("idem-1", f"localhost:{server.port}") == (headers["Loadstone-Idempotency-Key"], headers["Host"])


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/x",
        "https://localhost/x",
        "https://[::1]/x",
        "https://[::ffff:127.0.0.1]/x",
        "https://10.1.2.3/x",
        "https://192.168.0.1/x",
        "https://169.254.169.254/latest/meta-data",
        "https://0.0.0.0/x",
        "https://2130706433/x",
        "http://8.8.8.8/x",
        "ftp://8.8.8.8/x",
    ],
)
def test_a_webhook_reaches_into_no_private_network(url: str) -> None:
    """Nor goes without TLS; nothing is sent before that is known."""
    with pytest.raises(Refused, match="LS-7507"):
        hook(url)


def test_the_path_of_a_webhook_is_not_shown() -> None:
    """It may hold a token."""
    with pytest.raises(Refused) as caught:
        hook("https://ann:pw@127.0.0.1/hidden-token")
    assert "hidden-token" not in str(caught.value) and "pw" not in str(caught.value)


def test_what_a_receiver_answers_decides_what_comes_next(files: tuple[str, str]) -> None:
    """5xx, 429 and silence: later. 4xx and a redirect: never, and the redirect is not followed."""
    with web_server() as server:
        url = f"http://127.0.0.1:{server.port}/in"
        server.answers += [503, 429, 403, (302, {"Location": "http://127.0.0.1:1/"})]
        for _ in range(2):
            with pytest.raises(Retry, match="LS-7505"):
                hook(url, allow_private=True, allow_http=True)
        for status in ("403", "302"):
            with pytest.raises(FixSpec, match=f"LS-7506.*{status}"):
                hook(url, allow_private=True, allow_http=True)
        assert 4 == len(server.messages)
    with pytest.raises(Retry, match="LS-7505"):
        hook(url, allow_private=True, allow_http=True)
    with web_server(context_of(files)) as server:
        with pytest.raises(FixSpec, match="LS-7506.*not trusted"):
            hook(f"https://localhost:{server.port}/", allow_private=True)
        assert [] == server.messages


def test_a_command_gets_the_message(tmp_path: Path) -> None:
    """As JSON on standard input, with the idempotency key in its environment."""
    out = tmp_path / "out.json"
    code = (
        "import json, os, sys; told = json.load(sys.stdin);"
        f" told['env'] = os.environ['LOADSTONE_IDEMPOTENCY_KEY']; json.dump(told, open({str(out)!r}, 'w'))"
    )
    send(kind="command", run=[sys.executable, "-c", code])
    told = json.loads(out.read_text())
    assert ("idem-1", "[critical] the disk is full", 3) == (told["env"], told["subject"], told["n"])


@pytest.mark.parametrize(
    ("run", "error", "told"),
    [
        (["/no/such/program"], FixSpec, "cannot be started"),
        ([sys.executable, "-c", "import sys; sys.exit('no pager here')"], FixSpec, "no pager here"),
        ([sys.executable, "-c", "raise SystemExit(75)"], Retry, "another try"),
        ([sys.executable, "-c", "import time; time.sleep(30)"], Retry, "did not end"),
    ],
)
def test_a_command_that_fails(run: list[str], error: type[Exception], told: str) -> None:
    """Its exit code decides whether it is tried again."""
    with pytest.raises(error, match=told):
        send(kind="command", run=run, timeout_s=1)
