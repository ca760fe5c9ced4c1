"""A mail server as it stands behind a site, and what arrives there."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, Self

from aiosmtpd.controller import Controller

HOST = "127.0.0.1"


class MailServer:
    """Takes mail on this machine; `refused` are addresses that it does not know."""

    def __init__(self, port: int) -> None:
        self.mails: list[EmailMessage] = []
        self.refused: set[str] = set()
        self.asked = 0
        self.port = port
        self._controller = Controller(self, hostname=HOST, port=port)

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        """Whether there is such an address."""
        self.asked += 1
        if address in self.refused:
            return "550 No such person here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        """Take a mail."""
        mail = message_from_bytes(envelope.content, policy=default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return "250 OK"
