"""Files behind HTTP, of a real server that also behaves badly; and where such a connection must not lead."""

from __future__ import annotations

import hashlib
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from loadstone.connections.guarded import Guarded
from loadstone.connections.model import Connection
from loadstone.connections.transports.http import HttpTransport
from loadstone.connections.transports.model import Entry
from loadstone.errors import FixFile, FixSpec, LoadstoneError, Refused, Retry
from tests.integration.alerts.servers import context_of
from tests.integration.connections.conftest import Examine, good
from tests.integration.connections.servers import PASSWORD
from tests.integration.connections.web import Web, web_server

DATA = bytes(range(256)) * 400
Place = Callable[..., Connection]


@pytest.fixture
def web() -> Iterator[Web]:
    """A server without TLS."""
    with web_server() as served:
        yield served


@pytest.fixture
def place(web: Web, words: None) -> Place:
    """Connections to it, with a listing unless a name of one file is given."""

    def connect(path: str = "/files/", **options: Any) -> Connection:
        usual: dict[str, Any] = {"allow_private": ["127.0.0.1"], "allow_http": True, "timeout_s": 5}
        if "file_name" not in options:
            usual["listing"] = "index.json"
        return Connection(
            name="place",
            kind="http",
            url=f"http://127.0.0.1:{web.port}{path}",
            options={**usual, "pause_s": 0.001, **options},
        )

    return connect


def read(transport: HttpTransport, path: str, offset: int = 0) -> bytes:
    """The bytes of a file."""
    with transport.open(path, offset=offset) as stream:
        return stream.read()


def refused(act: Callable[[], object], kind: type[LoadstoneError] = LoadstoneError) -> str:
    """Code and message of what is refused."""
    with pytest.raises(kind) as caught:
        act()
    return f"{caught.value.code} {caught.value.message}"


def test_a_listing_names_files(web: Web, place: Place) -> None:
    """Over its pages, each name once; with sizes, moments, ids and digests; a name with folders is left out."""
    web.files["/blobs/1"] = DATA
    digest = hashlib.sha256(DATA).hexdigest()
    told = {"n": "a.csv", "at": {"href": "../blobs/1", "size": len(DATA)}, "sha": digest.upper(), "v": 7}
    web.listings["/files/index.json"] = {
        "data": {"files": [{**told, "when": "2026-11-24T03:00:00+01:00"}, {"n": "../x"}, {"n": None}, 5]},
        "next": "index.json?page=2",
    }
    web.listings["/files/index.json?page=2"] = {"data": {"files": [{"n": "b.csv"}, {"n": "a.csv"}]}}
    pointers = {
        "items": "/data/files",
        "item_name": "/n",
        "item_href": "/at/href",
        "item_size": "/at/size",
        "item_modified": "/when",
        "item_id": "/v",
        "item_sha256": "/sha",
        "next_page": "/next",
    }
    transport = HttpTransport(place(**pointers))
    first = Entry(
        name="a.csv",
        size_bytes=len(DATA),
        modified_at=datetime(2026, 11, 24, 2, tzinfo=UTC),
        id="7",
        digest=f"sha256:{digest}",
    )
    assert [first, Entry(name="b.csv")] == list(transport.list())
    assert (DATA, DATA[70_000:], b"") == tuple(
        read(transport, "a.csv", offset) for offset in (0, 70_000, len(DATA))
    )


def test_a_listing_may_be_of_names_and_of_a_folder(web: Web, place: Place) -> None:
    """Names are relative to the listing, and folders stand where it says."""
    web.listings["/files/in/list"] = ["a%20b.csv", "c.csv"]
    web.files["/files/in/a b.csv"] = b"1"
    transport = HttpTransport(place(listing="{folder}/list"))
    assert ["a b.csv", "c.csv"] == [one.name for one in transport.list("in")]
    assert b"1" == read(transport, "in/a b.csv")
    assert refused(lambda: HttpTransport(place()).list("in"), FixFile).startswith("LS-7415")


def test_one_url_is_one_file(web: Web, place: Place) -> None:
    """With what HEAD tells of it; a server without HEAD is asked by GET."""
    web.files["/daily.csv"] = DATA
    web.tags["/daily.csv"] = '"v1"'
    for status in (None, 405, 501):
        web.head_status = status
        transport = HttpTransport(place("/daily.csv", file_name="rates.csv"))
        (entry,) = transport.list()
        assert ("rates.csv", len(DATA), '"v1"') == (entry.name, entry.size_bytes, entry.id)
        assert datetime(2026, 11, 24, 2, tzinfo=UTC) == entry.modified_at
        assert DATA == read(transport, "rates.csv")
    assert refused(lambda: transport.open("other.csv"), FixFile).startswith("LS-7415")
    assert refused(lambda: transport.list("in"), FixFile).startswith("LS-7415")


def test_a_server_without_ranges_sends_all(web: Web, place: Place) -> None:
    """What was read before is passed over."""
    web.files["/a"] = DATA
    web.ranges = False
    assert DATA[70_000:] == read(HttpTransport(place("/a", file_name="a")), "a", 70_000)


def test_another_range_than_was_asked_is_refused(web: Web, place: Place) -> None:
    """A proxy that answers with other bytes would garble the file."""
    web.files["/a"] = DATA
    web.shift = 5
    transport = HttpTransport(place("/a", file_name="a"))
    assert refused(lambda: read(transport, "a", 70_000), Retry).startswith("LS-7411")


def test_a_file_that_changed_is_not_gone_on_with(web: Web, place: Place) -> None:
    """Its ETag is another one."""
    web.files["/a"], web.tags["/a"] = DATA, '"1"'
    transport = HttpTransport(place("/a", file_name="a"))
    read(transport, "a")
    web.files["/a"], web.tags["/a"] = DATA[::-1], '"2"'
    assert refused(lambda: read(transport, "a", 10), FixFile).startswith("LS-7417")


def test_a_download_goes_on_where_it_broke_off(web: Web, place: Place) -> None:
    """Through three interruptions, byte for byte, each byte asked for once; a short answer is never the end."""
    web.files["/a"], web.tags["/a"] = DATA, '"1"'
    connection = place("/a", file_name="a")
    web.broken = [1000, 40_000, 3]
    with Guarded(connection, lambda: HttpTransport(connection)).open("a") as stream:
        assert DATA == stream.read()
    asked = [headers["range"] for method, _, headers in web.asked if "range" in headers]
    assert ["bytes=1000-", "bytes=41000-", "bytes=41003-"] == asked
    web.broken = [1000]
    transport = HttpTransport(connection)
    assert "broke off" in refused(lambda: read(transport, "a"), Retry)


STATUSES: dict[int, tuple[str, type[LoadstoneError]]] = {
    401: ("LS-7413", FixSpec),
    403: ("LS-7414", Refused),
    404: ("LS-7415", FixFile),
    418: ("LS-7416", Refused),
    429: ("LS-7411", Retry),
    500: ("LS-7411", Retry),
}


@pytest.mark.parametrize("status", STATUSES)
def test_a_status_says_who_mends_it(web: Web, place: Place, status: int) -> None:
    """An outage is tried again; the rest waits for somebody."""
    web.answers["/a"] = status
    code, kind = STATUSES[status]
    assert refused(HttpTransport(place("/a", file_name="a")).list, kind).startswith(code)


def test_http_only_reads(place: Place) -> None:
    """LS-7416 for all that would change something."""
    transport = HttpTransport(place())
    acts: list[Callable[[], object]] = [
        lambda: transport.move("a", "b"),
        lambda: transport.delete("a"),
        lambda: transport.put("a", None),  # type: ignore[arg-type]
    ]
    assert all(refused(act, Refused).startswith("LS-7416") for act in acts)


@pytest.mark.parametrize(
    ("listing", "told"),
    [(b"<html>", "is no JSON"), ({"files": 1}, "has no list at /files"), (b"[" * 9000, "is no JSON")],
    ids=["html", "no list", "deep"],
)
def test_a_listing_that_is_none_is_refused(web: Web, place: Place, listing: object, told: str) -> None:
    """LS-7417, whatever it is instead."""
    web.listings["/files/index.json"] = listing
    found = refused(HttpTransport(place(items="/files")).list, FixFile)
    assert found.startswith("LS-7417") and told in found


def test_a_listing_without_end_is_refused(web: Web, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """One page that names itself as the next, and one that is too large."""
    web.listings["/files/index.json"] = {"files": ["a"], "next": "index.json"}
    transport = HttpTransport(place(items="/files", next_page="/next"))
    monkeypatch.setattr("loadstone.connections.transports.http.PAGES_MAX", 3)
    assert "more than 3 pages" in refused(transport.list, Retry)
    monkeypatch.setattr("loadstone.connections.transports.http.LISTING_SIZE_MAX", 10)
    assert "more than 10 bytes" in refused(transport.list, FixFile)


def test_a_login_is_sent_to_its_own_origin_only(web: Web, place: Place) -> None:
    """A password, a token, a header: the place gets them; where a redirect or a listing leads does not."""
    web.files["/private/a"] = b"1"
    options: list[dict[str, Any]] = [
        {"user": "loader", "password": "env:PLACE_PASSWORD"},
        {"token": "env:PLACE_PASSWORD"},
        {"headers": {"X-Key": "env:PLACE_PASSWORD"}},
    ]
    with web_server() as other:
        other.files["/b"] = b"2"
        web.moved["/moved"] = f"http://127.0.0.1:{other.port}/b"
        for one in options:
            assert b"2" == read(HttpTransport(place("/moved", file_name="a", **one)), "a")
        assert all("authorization" not in headers and "x-key" not in headers for *_, headers in other.asked)
    sent = [headers.get("authorization") or headers.get("x-key") for *_, headers in web.asked]
    assert ["Basic ", "Bearer", PASSWORD[:6]] == list(dict.fromkeys(str(one)[:6] for one in sent))


def test_a_private_address_is_refused(place: Place, web: Web) -> None:
    """Unless its host is allowed by name; nothing is sent there."""
    for allowed in ([], ["localhost"]):
        found = refused(HttpTransport(place("/a", file_name="a", allow_private=allowed)).list, FixSpec)
        assert found.startswith("LS-7412") and "which is no public address" in found
    assert [] == web.asked
    plain = HttpTransport(place("/a", file_name="a", allow_http=False))
    assert "is not https" in refused(plain.list, FixSpec)


@pytest.mark.parametrize(
    "further",
    [
        "http://localhost:{port}/b",
        "http://127.0.0.2:{port}/b",
        "http://[::1]:{port}/b",
        "http://[::ffff:127.0.0.1]:{port}/b",
        "http://169.254.169.254/latest/meta-data/",
        "http://0:{port}/b",
        "http://2130706433:{port}/b",
        "file:///etc/passwd",
        "gopher://127.0.0.1:{port}/_x",
    ],
    ids=["name", "loopback", "v6", "mapped", "metadata", "zero", "decimal", "file", "gopher"],
)
@pytest.mark.parametrize("way", ["redirect", "listing", "next page"])
def test_neither_redirect_nor_listing_leads_inside(web: Web, place: Place, way: str, further: str) -> None:
    """Each address is judged anew; only the host that is allowed may be private."""
    url = further.format(port=web.port)
    web.files["/b"] = b"inside"
    web.moved["/moved"] = url
    web.listings["/files/index.json"] = {"files": [{"name": "a", "href": url}], "next": url}
    if way == "redirect":
        transport = HttpTransport(place("/moved", file_name="a"))
    elif way == "listing":
        transport = HttpTransport(place(items="/files", item_href="/href"))
    else:
        transport = HttpTransport(place(items="/files", next_page="/next"))
    found = refused(lambda: read(transport, "a"), FixSpec)
    assert found.startswith("LS-7412"), found
    assert "/b" not in [path for _, path, _ in web.asked]


def test_redirects_end(web: Web, place: Place) -> None:
    """A circle is no answer."""
    web.moved |= {"/1": "/2", "/2": "/1"}
    assert "redirects more than 5 times" in refused(HttpTransport(place("/1", file_name="a")).list, Retry)


def test_what_was_judged_is_what_is_connected_to(
    web: Web, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that answers with another address the second time gets no second time (DNS rebinding)."""
    asked: list[str] = []
    reached: list[object] = []
    real = socket.getaddrinfo

    def resolve(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        if host != "rebinding.example":
            return real(host, port, *args, **kwargs)
        asked.append(host)
        address = "8.8.8.8" if len(asked) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    def connect(address: Any, *args: Any, **kwargs: Any) -> Any:
        reached.append(address)
        raise ConnectionRefusedError("nobody goes out in a test")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket, "create_connection", connect)
    connection = Connection(
        name="place",
        kind="http",
        url=f"http://rebinding.example:{web.port}/a",
        options={"file_name": "a", "allow_http": True},
    )
    assert refused(HttpTransport(connection).list, Retry).startswith("LS-7411")
    assert (["rebinding.example"], [("8.8.8.8", web.port)]) == (asked, reached)


def test_a_certificate_is_looked_at(
    certificate_files: tuple[str, str], words: None, examine: Examine, tmp_path: Any
) -> None:
    """One that nobody trusts is refused; one that the connection trusts is good; a file that is none is said."""
    with web_server(context_of(certificate_files)) as secure:
        secure.files["/a"] = b"1"

        def place(**options: Any) -> Connection:
            usual = {"file_name": "a", "allow_private": ["localhost"], "timeout_s": 5}
            return Connection(
                name="place",
                kind="http",
                url=f"https://localhost:{secure.port}/a",
                options={**usual, **options},
            )

        assert (0, good("DNS", "port", "login", "path", "rights")) == examine(
            place(ca_file=certificate_files[0])
        )[:2]
        code, found, told = examine(place())
        assert (2, ("certificate", False, "LS-7412")) == (code, found[-1]) and "ca_file" in told
        code, found, told = examine(place(ca_file=str(tmp_path / "none.pem")))
        assert (2, ("options", False, "LS-7401")) == (code, found[-1]) and "none.pem" in told


def test_the_test_of_a_connection_names_what_is_wrong(web: Web, place: Place, examine: Examine) -> None:
    """The address before anything is sent, then login, path, rights and listing."""
    web.files["/a"] = b"1"
    web.answers["/no"] = 403
    web.listings["/files/index.json"] = b"<html>"
    before = good("DNS", "port")
    for connection, expected in (
        (place("/a", file_name="a"), [*before, *good("login", "path", "rights")]),
        (place("/a", file_name="a", allow_private=[]), [*good("DNS"), ("address", False, "LS-7412")]),
        (place("/private", file_name="a", token="env:S3_KEY"), [*before, ("login", False, "LS-7413")]),
        (place("/none", file_name="a"), [*before, ("path", False, "LS-7415")]),
        (place("/no", file_name="a"), [*before, ("rights", False, "LS-7414")]),
        (place(), [*before, ("listing", False, "LS-7417")]),
        (
            place("/a", file_name="a", access="write"),
            [*before, *good("login", "path"), ("rights", False, "LS-7416")],
        ),
    ):
        assert (0 if expected[-1][1] else 2, expected) == examine(connection)[:2]
