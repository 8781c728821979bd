"""Errors of the protocols' libraries become those of a transport, by code or class and not by their words."""

from __future__ import annotations

import ftplib
from typing import Any

import asyncssh
import pytest
from botocore import exceptions as boto

from loadstone.connections.transports import ftp, http, s3, sftp


def client_error(code: str) -> boto.ClientError:
    """What a server that speaks S3 says."""
    return boto.ClientError({"Error": {"Code": code, "Message": "told"}}, "GetObject")


FTP: list[tuple[Exception, str]] = [
    (ftplib.error_perm("550 a.csv: Permission denied."), "LS-7414"),
    (ftplib.error_perm("550 No such file."), "LS-7415"),
    (ftplib.error_perm("530 Not logged in."), "LS-7413"),
    (ftplib.error_perm("553 Name not allowed."), "LS-7414"),
    (ftplib.error_perm("502 Not implemented."), "LS-7416"),
    (ftplib.error_temp("421 Too many users."), "LS-7411"),
    (ftplib.error_temp("426 Connection closed."), "LS-7411"),
    (EOFError(), "LS-7411"),
    (TimeoutError("timed out"), "LS-7411"),
]
S3: list[tuple[Exception, str]] = [
    (client_error("NoSuchKey"), "LS-7415"),
    (client_error("NoSuchBucket"), "LS-7415"),
    (client_error("InvalidAccessKeyId"), "LS-7413"),
    (client_error("ExpiredToken"), "LS-7413"),
    (client_error("AccessDenied"), "LS-7414"),
    (client_error("PermanentRedirect"), "LS-7412"),
    (client_error("SlowDown"), "LS-7411"),
    (boto.NoCredentialsError(), "LS-7413"),
    (boto.SSLError(endpoint_url="https://h", error="self-signed"), "LS-7412"),
    (boto.ParamValidationError(report="bucket"), "LS-7412"),
    (boto.EndpointConnectionError(endpoint_url="https://h"), "LS-7411"),
    (boto.ReadTimeoutError(endpoint_url="https://h"), "LS-7411"),
]
SFTP: list[tuple[Exception, str]] = [
    (asyncssh.SFTPNoSuchFile("no"), "LS-7415"),
    (asyncssh.SFTPNotADirectory("no"), "LS-7415"),
    (asyncssh.SFTPPermissionDenied("no"), "LS-7414"),
    (asyncssh.SFTPWriteProtect("no"), "LS-7414"),
    (asyncssh.SFTPOpUnsupported("no"), "LS-7416"),
    (asyncssh.SFTPConnectionLost("cut"), "LS-7411"),
    (asyncssh.SFTPFailure("disk full"), "LS-7411"),
    (asyncssh.DisconnectError(2, "bye"), "LS-7411"),
    (TimeoutError(), "LS-7411"),
    (ConnectionRefusedError(111, "refused"), "LS-7411"),
]


def named(cases: list[tuple[Exception, str]]) -> list[Any]:
    """Cases with ids of their own."""
    return [
        pytest.param(error, code, id=f"{type(error).__name__} {number}")
        for number, (error, code) in enumerate(cases)
    ]


@pytest.mark.parametrize(("error", "code"), named(FTP))
def test_errors_of_ftp(error: Exception, code: str) -> None:
    """By the server's code; 550 is two things, so its words have to tell."""
    assert code == ftp.error_of(error, "ftp://h", "a.csv").code


@pytest.mark.parametrize(("error", "code"), named(S3))
def test_errors_of_s3(error: Exception, code: str) -> None:
    """By the server's code, or of the network."""
    assert code == s3.error_of(error, "s3://b", "a.csv").code


@pytest.mark.parametrize(("error", "code"), named(SFTP))
def test_errors_of_sftp(error: Exception, code: str) -> None:
    """By class."""
    assert code == sftp.error_of(error, "sftp://h", "a.csv").code


def test_errors_of_http() -> None:
    """A network that is away; one without words is told by its class."""
    assert "LS-7411" == http.error_of(ConnectionResetError(104, "reset"), "https://h").code
    assert "https://h does not answer: TimeoutError" == http.error_of(TimeoutError(), "https://h").message
