"""The journal and what is written with it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None

VERSION = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Every table of the first journal."""
    op.create_table(
        "entries",
        sa.Column("version", VERSION, primary_key=True, autoincrement=False),
        sa.Column("service", sa.String, nullable=False),
        sa.Column("type", sa.String, nullable=False),
        sa.Column("event", sa.Text, nullable=False),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("key", sa.String),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("poll", sa.String),
        sa.Column("prev_hash", sa.LargeBinary, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_entries_actor", "entries", ["actor", "version"])
    op.create_index(
        "ux_entries_poll_actor",
        "entries",
        ["poll", "actor"],
        unique=True,
        sqlite_where=sa.text("poll IS NOT NULL"),
        postgresql_where=sa.text("poll IS NOT NULL"),
    )
    op.create_index(
        "ix_entries_erased",
        "entries",
        ["version"],
        sqlite_where=sa.text("type = 'citizens.erased'"),
        postgresql_where=sa.text("type = 'citizens.erased'"),
    )
    op.create_table(
        "keys_done",
        sa.Column("citizen", sa.String, primary_key=True),
        sa.Column("key", sa.String, primary_key=True),
        sa.Column("content", sa.String, nullable=False),
        sa.Column("result", sa.LargeBinary, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False, index=True),
    )
    op.create_table(
        "snapshots",
        sa.Column("version", VERSION, primary_key=True, autoincrement=False),
        sa.Column("state", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "personal_texts",
        sa.Column("ref", sa.String, primary_key=True),
        sa.Column("owner", sa.String, nullable=False, index=True),
        sa.Column("salt", sa.LargeBinary, nullable=False),
        sa.Column("text", sa.String, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "records",
        sa.Column("kind", sa.String, primary_key=True),
        sa.Column("key", sa.String, primary_key=True),
        sa.Column("fields", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
    )
    op.create_table(
        "record_texts",
        sa.Column("kind", sa.String, primary_key=True),
        sa.Column("key", sa.String, primary_key=True),
        sa.Column("place", sa.Integer, primary_key=True),
        sa.Column("ref", sa.String, nullable=False, index=True),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "ballots",
        sa.Column("poll", sa.String, primary_key=True),
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("choice", sa.String, primary_key=True),
        sa.Column("times", sa.Integer, nullable=False),
        sqlite_with_rowid=False,
    )
