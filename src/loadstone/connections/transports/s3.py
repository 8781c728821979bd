"""Objects of S3 and of servers that speak it, by boto3; folders are prefixes of keys."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any, BinaryIO, cast
from urllib.parse import unquote, urlsplit

import boto3
from boto3.s3.transfer import TransferConfig
from botocore import exceptions as boto
from botocore.config import Config

from loadstone.connections.model import Connection
from loadstone.connections.options import S3Options, options_of, shown_url
from loadstone.connections.transports import faults
from loadstone.connections.transports.model import Entry
from loadstone.connections.transports.paths import is_plain_name, parts_of
from loadstone.connections.transports.streams import Pulled
from loadstone.connections.transports.translate import translating
from loadstone.connections.transports.trust import trusting
from loadstone.errors import LoadstoneError
from loadstone.secrets.providers import secret

ERRORS = (boto.BotoCoreError, boto.ClientError, boto.HTTPClientError, OSError)


class S3Transport:
    """
    Objects below a prefix of a bucket (``transports.model.Transport``). An object appears whole or not at all.

    Raises:
        As every call of a transport does, and ``FixSpec`` LS-6040 for a secret that cannot be had.
    """

    def __init__(self, connection: Connection) -> None:
        self._options = options_of(connection, S3Options)
        self.shown = shown_url(connection.url)
        url = urlsplit(connection.url)
        self._bucket, self._prefix = url.netloc.rpartition("@")[2], unquote(url.path)
        try:
            self._s3 = client_of(self._options)
        except ERRORS as error:
            raise error_of(error, self.shown, "") from error

    @translating(ERRORS, lambda error, shown, path: error_of(error, shown, path))
    def list(self, folder: str = "") -> Sequence[Entry]:
        """All pages; the empty object that stands for a folder is left out."""
        prefix = self._key(folder)
        prefix = f"{prefix}/" if prefix else ""
        pages = self._s3.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=prefix, Delimiter="/"
        )
        found = [_entry(one, len(prefix)) for page in pages for one in page.get("Contents", ())]
        return sorted((one for one in found if is_plain_name(one.name)), key=lambda entry: entry.name)

    @translating(ERRORS, lambda error, shown, path: error_of(error, shown, path))
    def open(self, path: str, *, offset: int = 0) -> BinaryIO:
        """A whole object is compared with the checksum that the server keeps of it, where it does."""
        wanted: dict[str, Any] = {"Range": f"bytes={offset}-"} if offset else {"ChecksumMode": "ENABLED"}
        try:
            body = self._s3.get_object(Bucket=self._bucket, Key=self._key(path), **wanted)["Body"]
        except boto.ClientError as error:
            if offset and _code(error) in ("InvalidRange", "416"):
                return cast(BinaryIO, Pulled(lambda size: b""))  # at the end, or beyond
            raise

        def pull(size: int) -> bytes:
            try:
                return cast(bytes, body.read(size))
            except boto.FlexibleChecksumError as error:
                raise faults.changed(path, str(error)) from error
            except ERRORS as error:
                raise error_of(error, self.shown, path) from error

        return cast(BinaryIO, Pulled(pull, lambda ended: body.close()))

    @translating(ERRORS, lambda error, shown, path: error_of(error, shown, path))
    def move(self, path: str, to: str) -> None:
        """A copy and a removal; a crash in between leaves both, which the next call finishes when they are equal."""
        old, new = self._key(path), self._key(to)
        told = self._head(old)
        if told is None:
            raise faults.no_file(path)
        there = self._head(new)
        if there is not None and (there["ETag"], there["ContentLength"]) != (
            told["ETag"],
            told["ContentLength"],
        ):
            raise faults.exists(to)
        if there is None:
            self._s3.copy({"Bucket": self._bucket, "Key": old}, self._bucket, new, Config=_ONE_THREAD)
        self._s3.delete_object(Bucket=self._bucket, Key=old)

    @translating(ERRORS, lambda error, shown, path: error_of(error, shown, path))
    def delete(self, path: str) -> None:
        """Remove it."""
        self._s3.delete_object(Bucket=self._bucket, Key=self._key(path))

    @translating(ERRORS, lambda error, shown, path: error_of(error, shown, path))
    def put(self, path: str, stream: BinaryIO) -> int:
        """In parts where it is large."""
        counted = _Counted(stream)
        self._s3.upload_fileobj(counted, self._bucket, self._key(path), Config=_ONE_THREAD)
        return counted.size_bytes

    def close(self) -> None:
        """Let go of the connections."""
        with suppress(*ERRORS):
            self._s3.close()

    # Private methods

    def _key(self, path: str) -> str:
        return "/".join((*parts_of(self._prefix.strip("/")), *parts_of(path)))

    def _head(self, key: str) -> dict[str, Any] | None:
        try:
            return cast(dict[str, Any], self._s3.head_object(Bucket=self._bucket, Key=key))
        except boto.ClientError as error:
            if _code(error) in ("404", "NoSuchKey", "NotFound"):
                return None
            raise


def client_of(options: S3Options) -> Any:
    """A client; where no keys are given, those of the machine are looked for as boto3 does."""
    keys = {
        name: secret(reference, f"{told} of the connection")
        for name, told, reference in (
            ("aws_access_key_id", "access_key", options.access_key),
            ("aws_secret_access_key", "secret_key", options.secret_key),
            ("aws_session_token", "session_token", options.session_token),
        )
        if reference is not None
    }
    if options.ca_file is not None:
        trusting(options.ca_file)
    return boto3.client(
        "s3",
        endpoint_url=options.endpoint_url,
        region_name=options.region,
        verify=options.ca_file,
        config=Config(
            connect_timeout=options.timeout_s,
            read_timeout=options.timeout_s,
            retries={"total_max_attempts": 1},  # ours are told to the breaker
            s3={"addressing_style": options.addressing},
        ),
        **keys,
    )


def error_of(error: Exception, shown: str, path: str) -> LoadstoneError:
    """An error by the server's code, or of the network."""
    if not isinstance(error, boto.ClientError):
        return _error_of_client(error, shown)
    code, told = _code(error), error.response.get("Error", {}).get("Message") or _code(error)
    if code in ("NoSuchKey", "404", "NotFound", "NoSuchBucket"):
        return faults.no_file(path if code != "NoSuchBucket" else shown)
    if code in _LOGIN:
        return faults.login_refused(shown, told)
    if code in ("AccessDenied", "403", "AllAccessDisabled", "AccountProblem"):
        return faults.no_rights(shown, path or "the bucket", told)
    if code in ("PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException"):
        return faults.not_the_one(shown, f"the bucket is in another region: {told}", "region says which.")
    return faults.gone(shown, told)


# Private functions

_ONE_THREAD = TransferConfig(use_threads=False)
_LOGIN = (
    "InvalidAccessKeyId",
    "SignatureDoesNotMatch",
    "InvalidToken",
    "ExpiredToken",
    "TokenRefreshRequired",
    "RequestTimeTooSkewed",
    "InvalidSecurity",
)


class _Counted:
    """Counts what is read of a stream."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream, self.size_bytes = stream, 0

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self.size_bytes += len(data)
        return data


def _error_of_client(error: Exception, shown: str) -> LoadstoneError:
    match error:
        case boto.NoCredentialsError() | boto.PartialCredentialsError() | boto.CredentialRetrievalError():
            return faults.login_refused(shown, error)
        case boto.SSLError():
            return faults.not_the_one(
                shown, f"its certificate is not trusted: {error}", "ca_file names those to trust."
            )
        case boto.ParamValidationError() | boto.InvalidRegionError():
            return faults.not_the_one(shown, str(error), "is the name of bucket or region right?")
        case _:
            return faults.gone(shown, error)


def _code(error: boto.ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _entry(told: Any, head: int) -> Entry:
    return Entry(
        name=told["Key"][head:],
        size_bytes=told["Size"],
        modified_at=told["LastModified"],
        id=told["ETag"].strip('"'),
    )
