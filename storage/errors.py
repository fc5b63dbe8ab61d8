"""What an operator can mend; light, so that a command can name it without loading a database."""


class StorageError(Exception):
    """The store cannot be used as it is; the message says what to do."""
