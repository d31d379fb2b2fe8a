"""A start brings in what it needs, and makes what is used of it."""

import subprocess
import sys

LOOKED = """
import sys
import server.cli, server.app
from protocol.catalogue import FROM_CLIENT, FROM_SERVER
print(*(name for name in ("alembic", "asyncpg", "sqlalchemy.orm") if name in sys.modules))
print(*(word.__name__ for word in (*FROM_CLIENT, *FROM_SERVER) if word.__pydantic_complete__))
"""


def test_a_start_loads_nothing_that_only_new_tables_or_a_postgresql_need_and_makes_no_word_unasked() -> None:
    told = subprocess.run([sys.executable, "-c", LOOKED], capture_output=True, text=True, check=True).stdout
    assert told.split() == []
