"""One server to a data folder: two on one SQLite journal would undo each other's rounds, and nobody would know why.

The system lets go of the lock with the process that holds it, however that ends: nothing is left to clean up.
Cities of many nodes keep their journal in PostgreSQL, and there a folder may be shared.
"""

import fcntl
import os
from pathlib import Path

from server.config import Data
from server.journal import JournalError

FILE = "server.lock"


class Holding:
    """A data folder, held for one server."""

    def __init__(self, data: Data) -> None:
        self._folder: Path | None = None if data.journal else data.dir
        self._file: int | None = None

    def take(self) -> None:
        """Hold it; raises JournalError where another server does."""
        if self._folder is None:
            return
        file: int | None = None
        try:
            self._folder.mkdir(0o700, parents=True, exist_ok=True)
            file = os.open(self._folder / FILE, os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if file is not None:
                os.close(file)
            is_held = isinstance(error, BlockingIOError)
            reason = "another server is running on it" if is_held else error.strerror
            raise JournalError(f"{self._folder}: {reason}") from error
        self._file = file

    def let_go(self) -> None:
        """The folder is free again."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
