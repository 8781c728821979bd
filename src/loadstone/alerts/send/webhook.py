"""
A webhook: JSON by POST over HTTPS, signed, to an address that is checked before it is used.

The receiver checks ``Loadstone-Signature: sha256=HEX``, the HMAC of ``TIMESTAMP.BODY`` with the shared secret,
where TIMESTAMP is ``Loadstone-Timestamp`` (seconds since 1970), and drops what it has seen under the same
``Loadstone-Idempotency-Key``.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import socket
import ssl
import time
from typing import Literal
from urllib.parse import SplitResult, urlsplit

from pydantic import Field as Doc

from loadstone.alerts.model import Message
from loadstone.connections import addresses
from loadstone.errors import FixSpec, Refused, Retry
from loadstone.secrets.providers import secret
from loadstone.spec.fields import Part

ANSWER_SIZE_BYTES = 1000
"""How much of an answer is read: enough for the message of an error."""


class WebhookChannel(Part):
    """What a webhook channel says."""

    kind: Literal["webhook"] = Doc(description="webhook.")
    url: str = Doc(min_length=8, description="Where to post, https://...")
    secret: str = Doc(description="Where the secret of the signature is: env:NAME or file:/path.")
    ca_file: str | None = Doc(None, description="Certificates to trust; the system's when absent.")
    allow_private: bool = Doc(
        False, description="Whether it may be an address of this machine or of a private network."
    )
    allow_http: bool = Doc(False, description="Whether it may go without TLS.")
    timeout_s: float = Doc(10.0, gt=0, le=60, description="Longest wait for the receiver.")


def post_webhook(channel: WebhookChannel, message: Message) -> None:
    """
    Post one message. Redirects are not followed: they could lead where the configuration did not allow.

    Raises:
        Retry: LS-7505 no answer, 408, 425, 429 or 5xx. FixSpec: LS-7506 another answer than 2xx.
        Refused: LS-7507 the address is not one that it may be.
    """
    parts = urlsplit(channel.url)
    if parts.scheme != "https" and not (parts.scheme == "http" and channel.allow_http):
        raise Refused(
            "LS-7507", f"{_shown(parts)} is not https", hints=["allow_http: true lets it go without TLS."]
        )
    body = json.dumps(dict(message.values), ensure_ascii=False, default=str).encode()
    try:
        connection = _connection(channel, parts, _address(channel, parts))
        try:
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request("POST", target, body, _headers(channel, parts, message, body))
            answer = connection.getresponse()
            status, told = answer.status, answer.read(ANSWER_SIZE_BYTES).decode("utf-8", "replace").strip()
        finally:
            connection.close()
    except ssl.SSLCertVerificationError as error:
        told = f"{_shown(parts)} is not trusted: {error.verify_message}"
        raise FixSpec("LS-7506", told, hints=["ca_file: names certificates to trust."]) from error
    except (OSError, http.client.HTTPException) as error:
        raise _later(parts, str(error) or type(error).__name__) from error
    if status in (408, 425, 429) or status >= 500:
        raise _later(parts, f"HTTP {status} {told}".strip())
    if not 200 <= status < 300:
        raise FixSpec(
            "LS-7506",
            f"{_shown(parts)} refuses the message: HTTP {status} {told}".strip(),
            hints=["is the URL right, and does the receiver have the same secret?"],
        )


def signature(key: str, timestamp: str, body: bytes) -> str:
    """The HMAC-SHA256 of ``timestamp.body`` in hexadecimal digits."""
    return hmac.new(key.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


# Private functions


def _headers(channel: WebhookChannel, parts: SplitResult, message: Message, body: bytes) -> dict[str, str]:
    timestamp = str(int(time.time()))
    signed = signature(secret(channel.secret, "the secret of the webhook"), timestamp, body)
    return {
        "Host": parts.netloc.rpartition("@")[2],
        "Content-Type": "application/json",
        "User-Agent": "loadstone",
        "Loadstone-Idempotency-Key": message.key,
        "Loadstone-Timestamp": timestamp,
        "Loadstone-Signature": f"sha256={signed}",
    }


def _address(channel: WebhookChannel, parts: SplitResult) -> str:
    """
    One address of the host, checked; the connection goes to it, so that DNS cannot answer differently later.

    Raises:
        Refused: LS-7507 it is private. OSError: the name is unknown.
    """
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        return addresses.checked(parts.hostname or "", port, ("*",) if channel.allow_private else ())
    except PermissionError as error:
        raise Refused(
            "LS-7507",
            f"{_shown(parts)}: {error}",
            hints=["allow_private: true lets this channel post into a private network."],
        ) from error


def _connection(channel: WebhookChannel, parts: SplitResult, address: str) -> http.client.HTTPConnection:
    port = parts.port or (443 if parts.scheme == "https" else 80)
    connection = http.client.HTTPConnection(parts.hostname or "", port, timeout=channel.timeout_s)
    plain = socket.create_connection((address, port), timeout=channel.timeout_s)
    if parts.scheme == "https":
        context = ssl.create_default_context(cafile=channel.ca_file)
        try:
            connection.sock = context.wrap_socket(plain, server_hostname=parts.hostname)
        except BaseException:
            plain.close()
            raise
    else:
        connection.sock = plain
    return connection


def _shown(parts: SplitResult) -> str:
    """Scheme, host and port: path and query may hold a token."""
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def _later(parts: SplitResult, told: str) -> Retry:
    return Retry(
        "LS-7505", f"{_shown(parts)} does not take the message now: {told}", hints=["it is tried again."]
    )
