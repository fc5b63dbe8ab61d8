"""What can go wrong with a store; light, so that naming it does not load a database."""


class StorageError(Exception):
    """The store cannot be used as it is; the message says what to do."""


class Outage(Exception):
    """The database is away, locked, full or restarting: nothing is wrong with what was asked.

    Nothing of the transaction is kept; ask again later.
    """


class ReadOnly(Exception):
    """Something was written in a view that is only for reading; begin a transaction for it."""
