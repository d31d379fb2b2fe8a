"""What a client has asked and not been answered yet; it outlives a connection, to be sent again over the next."""

import asyncio
from typing import Any

from pydantic import ValidationError

from protocol.handshake import Done, RefusedAnswer
from protocol.message import Command, Result
from protocol.refusals import Farewell, ProtocolError, Refused


class Asked:
    """Commands by id, and who waits for their answers."""

    def __init__(self) -> None:
        self._waiting: dict[int, tuple[Command, asyncio.Future[Result | None]]] = {}
        self._last_id = 0

    def give(
        self, model: type[Command], fields: dict[str, Any]
    ) -> tuple[Command, asyncio.Future[Result | None]]:
        """A command with the next id, and its answer to come; raises ValidationError."""
        command = model.model_validate(fields | {"id": self._last_id + 1})
        self._last_id = command.id
        answer: asyncio.Future[Result | None] = asyncio.get_running_loop().create_future()
        self._waiting[command.id] = command, answer
        return command, answer

    def forget(self, number: int) -> None:
        """Nobody waits for this answer any more."""
        self._waiting.pop(number, None)

    def waits_for(self, number: int) -> bool:
        """Whether this id is still to be answered."""
        return number in self._waiting

    def result_of(self, done: Done) -> Result | None:
        """What a `done` brings; raises ProtocolError where it is not what was asked for."""
        command, _ = self._waiting[done.id]
        if command.answer is None:
            return None
        try:
            return command.answer.model_validate(done.result)
        except ValidationError as error:
            fault = f"the answer to {command.type} is no {command.answer.__name__}"
            raise ProtocolError(Farewell.BAD_MESSAGE, fault) from error

    def done(self, number: int, result: Result | None) -> None:
        """Whoever waits has the result."""
        _, answer = self._waiting.pop(number)
        if not answer.done():
            answer.set_result(result)

    def refused(self, refusal: RefusedAnswer) -> None:
        """Whoever waits is told no."""
        _, answer = self._waiting.pop(refusal.id)
        if not answer.done():
            answer.set_exception(
                Refused(
                    refusal.code,
                    refusal.message,
                    field=refusal.field,
                    retry_after_ms=refusal.retry_after_ms,
                )
            )

    def unanswered(self) -> list[Command]:
        """The commands that wait for their answers, in the order in which they were given."""
        return [command for command, _ in self._waiting.values()]

    def lose(self, error: Exception) -> None:
        """No answer will come any more."""
        waiting, self._waiting = self._waiting, {}
        for _, answer in waiting.values():
            if not answer.done():
                answer.set_exception(error)
                # It may be that nobody waits any more.
                answer.exception()
