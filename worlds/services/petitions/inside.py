"""What the building itself asks of petitions: commands that never come over the wire."""

from typing import ClassVar, Literal

from protocol.message import Answer, Command, Result
from protocol.services.petitions import Id, Short


class FileRead(Result):
    """A file that may be read now: what it is called, and what it is."""

    file: str
    name: str
    kind: str
    bytes: int


class ReadFile(Command):
    """Read a file of a petition; staff give their reason, and the view is kept."""

    answer: ClassVar[Answer] = FileRead

    type: Literal["petitions.read_file"] = "petitions.read_file"
    petition: Id
    file: Id
    reason: Short | None = None
