"""
Files behind HTTP: one URL, or those that a listing in JSON names.

Every address is checked before anything is sent to it, also those that a redirect or a listing names; what was checked is
what is connected to. Passwords and tokens go to the connection's own origin only.
"""

from __future__ import annotations

import base64
import email.utils
import http.client
import json
import socket
import ssl
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, BinaryIO, cast
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit

from loadstone.connections import addresses
from loadstone.connections.model import Connection
from loadstone.connections.options import HttpOptions, options_of, shown_url
from loadstone.connections.transports import faults
from loadstone.connections.transports.model import Entry
from loadstone.connections.transports.paths import is_plain_name, parts_of
from loadstone.connections.transports.pointers import at_pointer
from loadstone.connections.transports.streams import CHUNK_SIZE_BYTES, Pulled
from loadstone.connections.transports.translate import translating
from loadstone.connections.transports.trust import trusting
from loadstone.errors import FixFile, LoadstoneError, Refused
from loadstone.secrets.passwords import remember
from loadstone.secrets.providers import secret

ERRORS = (OSError, http.client.HTTPException)
LISTING_SIZE_MAX = 64 << 20
"""Bytes of one page of a listing."""

PAGES_MAX = 1_000
REDIRECTS_MAX = 5


@dataclass(frozen=True)
class Link:
    """Where a file is, and what it was when it was listed."""

    url: str
    entry: Entry


@dataclass(frozen=True)
class Answer:
    """An answer whose body is still to be read, from the URL that gave it at last."""

    url: str
    response: http.client.HTTPResponse
    connection: http.client.HTTPConnection

    def header(self, name: str) -> str | None:
        """A header, None where it is absent."""
        return self.response.getheader(name)

    def close(self) -> None:
        """Let go."""
        self.response.close()
        self.connection.close()


class HttpTransport:
    """
    Files of an HTTP server (``transports.model.Transport``); it can list and read, and nothing else.

    Raises:
        As every call of a transport does, and ``FixSpec`` LS-6040 for a secret that cannot be had.
    """

    def __init__(self, connection: Connection) -> None:
        self._options = options_of(connection, HttpOptions)
        self._url = connection.url
        self.shown = shown_url(connection.url)
        self._login = _login_of(self._options, urlsplit(connection.url))
        self._links: dict[str, Link] = {}
        self._tags: dict[str, str | None] = {}

    @translating(ERRORS, lambda error, shown, path: error_of(error, shown))
    def list(self, folder: str = "") -> Sequence[Entry]:
        """Of one URL that file; else what the pages of the listing name."""
        found = self._one(folder) if self._options.listing is None else self._listed(folder)
        head = "".join(f"{part}/" for part in parts_of(folder))
        self._links |= {head + one.entry.name: one for one in found}
        return sorted((one.entry for one in found), key=lambda entry: entry.name)

    @translating(ERRORS, lambda error, shown, path: error_of(error, shown))
    def open(self, path: str, *, offset: int = 0) -> BinaryIO:
        """From ``offset`` by a range; a server that has none sends all, and the beginning is passed over."""
        plain = "/".join(parts_of(path))
        link = self._link(plain)
        answer = self._ask("GET", link.url, path, self._range(plain, offset))
        if answer is None:
            return cast(BinaryIO, Pulled(lambda size: b""))
        skipped = offset if answer.response.status == 200 else 0
        told = answer.header("Content-Range") or f"bytes {offset}-"
        if not skipped and not told.startswith(f"bytes {offset}-"):
            answer.close()
            raise faults.gone(self.shown, f"bytes from {offset} on were asked for, and {told} came")
        tag = _tag(answer)
        if offset and self._tags.get(plain) not in (None, tag):
            answer.close()
            raise faults.changed(path, "its ETag is another one")
        self._tags[plain] = tag
        return cast(BinaryIO, _body(self.shown, path, answer, skipped))

    def move(self, path: str, to: str) -> None:
        """There is no such thing."""
        raise faults.cannot(self.shown, "move files")

    def delete(self, path: str) -> None:
        """Not without a protocol of its own."""
        raise faults.cannot(self.shown, "remove files")

    def put(self, path: str, stream: BinaryIO) -> int:
        """Not without a protocol of its own."""
        raise faults.cannot(self.shown, "take files")

    def close(self) -> None:
        """Nothing is open."""

    # Private methods

    def _one(self, folder: str) -> list_[Link]:
        if parts_of(folder):
            raise faults.no_file(folder)
        name = str(self._options.file_name)
        try:
            answer = self._ask("HEAD", self._url, name, {})
        except Refused as error:
            if error.code != "LS-7416":
                raise
            answer = self._ask("GET", self._url, name, {})  # it has no HEAD; the body is not read
        if answer is None:
            raise faults.no_file(name)
        answer.close()
        entry = Entry(
            name=name,
            size_bytes=_number(answer.header("Content-Length")),
            modified_at=_http_date(answer.header("Last-Modified")),
            id=_tag(answer) or answer.header("Last-Modified"),
            digest=_md5(answer.header("Content-MD5")),
        )
        return [Link(self._url, entry)]

    def _listed(self, folder: str) -> list_[Link]:
        """All pages; each name once, the first time."""
        where = str(self._options.listing).replace("{folder}", quote("/".join(parts_of(folder))))
        if "{folder}" not in str(self._options.listing) and parts_of(folder):
            raise faults.no_file(folder)
        url: str | None = urljoin(_as_folder(self._url), where)
        found: dict[str, Link] = {}
        for _ in range(PAGES_MAX):
            if url is None:
                return [*found.values()]
            page = self._page(url)
            for item in self._items(page, url):
                found.setdefault(item.entry.name, item)
            further = at_pointer(page, self._options.next_page) if self._options.next_page else None
            url = urljoin(url, str(further)) if further else None
        raise faults.gone(self.shown, f"its listing has more than {PAGES_MAX:,} pages")

    def _page(self, url: str) -> Any:
        answer = self._ask("GET", url, shown_url(url), {"Accept": "application/json"})
        if answer is None:
            raise faults.no_file(shown_url(url))
        try:
            data = answer.response.read(LISTING_SIZE_MAX + 1)
        finally:
            answer.close()
        if len(data) > LISTING_SIZE_MAX:
            raise FixFile("LS-7417", f"the listing of {self.shown} has more than {LISTING_SIZE_MAX:,} bytes")
        try:
            return json.loads(data)
        except (ValueError, RecursionError) as error:
            raise FixFile(
                "LS-7417",
                f"the listing of {self.shown} is no JSON: {error}",
                hints=["is listing the right URL?"],
            ) from error

    def _items(self, page: Any, url: str) -> list_[Link]:
        items = at_pointer(page, self._options.items)
        if not isinstance(items, list_):
            raise FixFile(
                "LS-7417",
                f"the listing of {self.shown} has no list at {self._options.items or '/'}",
                hints=["items: is the JSON pointer to it."],
            )
        found = [self._item(one, url) for one in items]
        return [one for one in found if is_plain_name(one.entry.name)]

    def _item(self, item: Any, url: str) -> Link:
        """An item may be a name by itself."""
        if isinstance(item, str):
            return Link(urljoin(url, item), Entry(name=unquote(urlsplit(item).path.rpartition("/")[2])))
        options = self._options
        told = {
            name: at_pointer(item, pointer) if pointer is not None else None
            for name, pointer in (
                ("name", options.item_name),
                ("href", options.item_href),
                ("size", options.item_size),
                ("modified", options.item_modified),
                ("id", options.item_id),
                ("sha256", options.item_sha256),
            )
        }
        name = str(told["name"] or "")
        href = str(told["href"]) if told["href"] else quote(name)
        return Link(
            urljoin(url, href),
            Entry(
                name=name,
                size_bytes=_number(told["size"]),
                modified_at=_iso_date(told["modified"]),
                id=str(told["id"]) if told["id"] is not None else None,
                digest=f"sha256:{str(told['sha256']).lower()}" if told["sha256"] else None,
            ),
        )

    def _link(self, path: str) -> Link:
        if path not in self._links:
            self.list(path.rpartition("/")[0])
        if path not in self._links:
            raise faults.no_file(path)
        return self._links[path]

    def _range(self, path: str, offset: int) -> dict[str, str]:
        if not offset:
            return {}
        tag = self._tags.get(path)
        return {"Range": f"bytes={offset}-", **({"If-Range": tag} if tag else {})}

    def _ask(self, method: str, url: str, path: str, headers: Mapping[str, str]) -> Answer | None:
        """The answer, behind redirects; None where the range begins behind the end."""
        for _ in range(REDIRECTS_MAX + 1):
            answer = self._send(method, url, headers)
            status, further = answer.response.status, answer.header("Location")
            if status in (301, 302, 303, 307, 308) and further:
                answer.close()
                url = urljoin(url, further)
                continue
            if status in (200, 206):
                return answer
            answer.close()
            if status == 416:
                return None
            raise _refused(self.shown, path, status, answer.response.reason)
        raise faults.gone(self.shown, f"it redirects more than {REDIRECTS_MAX} times")

    def _send(self, method: str, url: str, headers: Mapping[str, str]) -> Answer:
        parts = urlsplit(url)
        connection = self._connected(parts)
        login = self._login if _origin(parts) == _origin(urlsplit(self._url)) else {}
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        sent = {"Accept-Encoding": "identity", "User-Agent": "loadstone", **headers, **login}
        try:
            connection.request(method, target, headers={"Host": parts.netloc.rpartition("@")[2], **sent})
            return Answer(url, connection.getresponse(), connection)
        except BaseException:
            connection.close()
            raise

    def _connected(self, parts: SplitResult) -> http.client.HTTPConnection:
        """A connection to the address that was checked."""
        if parts.scheme != "https" and not (parts.scheme == "http" and self._options.allow_http):
            raise faults.not_the_one(
                self.shown,
                f"{parts.scheme}://{parts.hostname} is not https",
                "allow_http = true lets it go without TLS.",
            )
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        try:
            address = addresses.checked(host, port, self._options.allow_private)
        except PermissionError as error:
            raise faults.not_the_one(
                self.shown, str(error), f'allow_private = ["{host}"] allows it.'
            ) from error
        connection = http.client.HTTPConnection(host, port, timeout=self._options.timeout_s)
        plain = socket.create_connection((address, port), timeout=self._options.timeout_s)
        try:
            if parts.scheme == "https":
                plain = trusting(self._options.ca_file).wrap_socket(plain, server_hostname=host)
        except BaseException:
            plain.close()
            raise
        connection.sock = plain
        return connection


def error_of(error: Exception, shown: str) -> LoadstoneError:
    """An error of the network."""
    if isinstance(error, ssl.SSLCertVerificationError):
        why = f"its certificate is not trusted: {error.verify_message}"
        return faults.not_the_one(shown, why, "ca_file names certificates to trust.")
    return faults.gone(shown, getattr(error, "strerror", None) or str(error) or type(error).__name__)


# Private functions

list_ = list


def _body(shown: str, path: str, answer: Answer, skipped: int) -> Pulled:
    """The bytes behind the first ``skipped``; fewer than the server announced are an interruption, not the end."""
    announced = _number(answer.header("Content-Length"))
    left, passed = announced, skipped

    def pull(size: int) -> bytes:
        nonlocal left, passed
        while True:
            try:
                data = answer.response.read(size if not passed else min(passed, CHUNK_SIZE_BYTES))
            except ERRORS as error:
                raise error_of(error, shown) from error
            if left is not None:
                left -= len(data)
                if not data and left > 0:
                    raise faults.gone(shown, f"{path} broke off {left:,} bytes before its end")
            if not passed or not data:
                return data
            passed -= len(data)

    return Pulled(pull, lambda ended: answer.close())


def _login_of(options: HttpOptions, url: SplitResult) -> dict[str, str]:
    headers = {name: secret(value, f"the header {name}") for name, value in options.headers.items()}
    if options.token is not None:
        headers["Authorization"] = f"Bearer {secret(options.token, 'the token of the connection')}"
    if options.password is not None:
        word = secret(options.password, "the password of the connection")
        pair = f"{options.user or unquote(url.username or '')}:{word}".encode()
        word = base64.b64encode(pair).decode()
        remember([word])
        headers["Authorization"] = f"Basic {word}"
    return headers


def _refused(shown: str, path: str, status: int, reason: str) -> LoadstoneError:
    told = f"HTTP {status} {reason}".strip()
    if status == 401:
        return faults.login_refused(shown, told)
    if status in (403, 407, 451):
        return faults.no_rights(shown, path, told)
    if status in (404, 410):
        return faults.no_file(path)
    if status in (408, 421, 425, 429) or (status >= 500 and status != 501):
        return faults.gone(shown, told)
    return faults.cannot(shown, f"do that: {told}")


def _origin(parts: SplitResult) -> tuple[str, str | None, int]:
    return parts.scheme, parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)


def _as_folder(url: str) -> str:
    """So that what is relative to it stays below it."""
    parts = urlsplit(url)
    return parts._replace(
        path=parts.path if parts.path.endswith("/") else parts.path + "/", query=""
    ).geturl()


def _tag(answer: Answer) -> str | None:
    """A strong ETag; a weak one does not vouch for bytes."""
    tag = answer.header("ETag")
    return tag if tag and not tag.startswith("W/") else None


def _number(value: Any) -> int | None:
    with suppress(ValueError, TypeError):
        found = int(value)
        return found if found >= 0 else None
    return None


def _http_date(value: str | None) -> datetime | None:
    with suppress(ValueError, TypeError):
        return email.utils.parsedate_to_datetime(str(value)).astimezone(UTC)
    return None


def _iso_date(value: Any) -> datetime | None:
    """ISO 8601; without an offset it is UTC."""
    with suppress(ValueError, TypeError):
        found = datetime.fromisoformat(value)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    return None


def _md5(value: str | None) -> str | None:
    with suppress(ValueError, TypeError):
        digest = base64.b64decode(str(value), validate=True)
        return f"md5:{digest.hex()}" if len(digest) == 16 else None
    return None
