"""INSERT … ON CONFLICT in both databases' words."""

from sqlalchemy.dialects.postgresql import Insert as PostgresqlInsert
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import Insert as SqliteInsert
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from storage.columns import Table


def insert_into(
    transaction: AsyncConnection | AsyncSession, table: type[Table]
) -> SqliteInsert | PostgresqlInsert:
    """An insert that can be told what to do on a conflict."""
    dialect = (
        transaction.get_bind().dialect
        if isinstance(transaction, AsyncSession)
        else (transaction.dialect)
    )
    return insert_sqlite(table) if dialect.name == "sqlite" else insert_postgresql(table)
