"""Mail by SMTP, over TLS unless that is turned off."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate
from typing import Literal

from pydantic import Field as Doc

from loadstone.alerts.model import Message
from loadstone.errors import FixSpec, Retry
from loadstone.secrets.providers import secret
from loadstone.spec.fields import Part


class MailChannel(Part):
    """What a mail channel says."""

    kind: Literal["smtp"] = Doc(description="smtp.")
    host: str = Doc(min_length=1, description="Mail server.")
    port: int = Doc(587, ge=1, le=65535, description="Its port.")
    tls: Literal["starttls", "tls", "none"] = Doc("starttls", description="How the connection is encrypted.")
    ca_file: str | None = Doc(None, description="Certificates to trust; the system's when absent.")
    user: str | None = Doc(None, description="Login; none when absent.")
    password: str | None = Doc(None, description="Where its password is: env:NAME or file:/path.")
    sender: str = Doc(min_length=3, description="Address that messages come from.")
    to: list[str] = Doc(min_length=1, description="Addresses that they go to.")
    timeout_s: float = Doc(20.0, gt=0, le=60, description="Longest wait for the server.")


def send_mail(channel: MailChannel, message: Message) -> None:
    """
    Send one mail; its Message-ID is the idempotency key, so that mail systems drop a repeat.

    Raises:
        Retry: LS-7505 the server does not take it now. FixSpec: LS-7506 it never will: login, sender, recipients.
    """
    mail = _mail(channel, message)
    password = secret(channel.password, "the password of the mail server") if channel.password else None
    try:
        with _connected(channel) as server:
            if channel.user:
                server.login(channel.user, password or "")
            refused = server.send_message(mail)
    except (smtplib.SMTPAuthenticationError, smtplib.SMTPNotSupportedError) as error:
        raise _never(channel, error, "is the login right, and may it send?") from error
    except (smtplib.SMTPSenderRefused, smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError) as error:
        if 400 <= _code(error) < 500:
            raise _later(channel, error) from error
        raise _never(channel, error, "are sender and recipients right?") from error
    except ssl.SSLCertVerificationError as error:
        raise _never(
            channel, error, "is its certificate that of its name? ca_file: names others to trust."
        ) from error
    except (OSError, smtplib.SMTPException) as error:
        raise _later(channel, error) from error
    if refused:
        raise _never(channel, refused, "are all addresses right? the others have the mail.")


# Private functions


def _mail(channel: MailChannel, message: Message) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"] = channel.sender, ", ".join(channel.to)
    mail["Subject"], mail["Date"] = message.subject, formatdate()
    domain = channel.sender.rpartition("@")[2].strip("> ") or "loadstone"
    mail["Message-ID"] = f"<{message.key.replace(' ', '_')}@{domain}>"
    mail["X-Loadstone-Idempotency-Key"] = message.key
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.text)
    return mail


def _connected(channel: MailChannel) -> smtplib.SMTP:
    context = ssl.create_default_context(cafile=channel.ca_file)
    if channel.tls == "tls":
        return smtplib.SMTP_SSL(channel.host, channel.port, timeout=channel.timeout_s, context=context)
    server = smtplib.SMTP(channel.host, channel.port, timeout=channel.timeout_s)
    if channel.tls == "starttls":
        try:
            server.starttls(context=context)
        except BaseException:
            server.close()
            raise
    return server


def _code(error: smtplib.SMTPException) -> int:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return min((code for code, _ in error.recipients.values()), default=500)
    return int(getattr(error, "smtp_code", 500))


def _later(channel: MailChannel, error: Exception) -> Retry:
    return Retry(
        "LS-7505",
        f"{channel.host}:{channel.port} does not take the mail now: {error or type(error).__name__}",
        hints=["it is tried again; is the server up, and is tls: what it speaks at this port?"],
    )


def _never(channel: MailChannel, error: object, hint: str) -> FixSpec:
    return FixSpec("LS-7506", f"{channel.host}:{channel.port} refuses the mail: {error}", hints=[hint])
