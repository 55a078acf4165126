"""A mail server on this machine that does as it is told: takes mail, refuses it, falls silent, or drops the line."""

from __future__ import annotations

import asyncio
import socket
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Taken:
    """A mail the server has taken: on which line it came, for whom, and what, as bytes and as read."""

    caller: tuple[str, int]
    recipients: tuple[str, ...]
    content: bytes

    @property
    def mail(self) -> EmailMessage:
        mail = message_from_bytes(self.content, policy=default)
        assert isinstance(mail, EmailMessage)
        return mail

    @property
    def words(self) -> str:
        """Headers and body, as sent and as a person would read them."""
        return f"{self.content.decode()}\n{self.mail.items()}\n{self.mail.get_content()}"


class MailServer:
    """Starts and stops on the same port. What it has taken outlives a stop."""

    def __init__(self) -> None:
        with socket.create_server((HOST, 0)) as free:
            self.port: int = free.getsockname()[1]
        self.taken: list[Taken] = []
        self.refused: list[str] = []
        # What it answers to a recipient, by address, and to all others.
        self.refusals: dict[str, str] = {}
        self.refusal_of_all = ""
        # What it does once it has taken a mail, before it says so.
        self.drops_the_line = False
        self.falls_silent = False
        self.when_taken: Callable[[], None] = lambda: None
        self._controller: Controller | None = None

    def start(self) -> None:
        self._controller = Controller(self, hostname=HOST, port=self.port)
        self._controller.start()

    def stop(self) -> None:
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def inbox(self) -> Counter[str]:
        """How many mails each person sees: one for each Message-ID."""
        seen = {(to, taken.mail["Message-ID"]) for taken in self.taken for to in taken.recipients}
        return Counter(to for to, _ in seen)

    # What aiosmtpd asks.

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if refusal := self.refusals.get(address, self.refusal_of_all):
            self.refused.append(address)
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.taken.append(Taken(session.peer, tuple(envelope.rcpt_tos), envelope.content))
        await asyncio.to_thread(self.when_taken)
        if self.drops_the_line:
            server.transport.abort()
        if self.falls_silent:
            await asyncio.Event().wait()
        return "250 OK"
