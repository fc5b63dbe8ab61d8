"""What can be wrong with the sources of a city pack."""


class SourceError(ValueError):
    """A source file cannot be used; says which file, which feature and what to do about it."""

    def __init__(self, where: str, problem: str, remedy: str) -> None:
        super().__init__(f"{where}: {problem}. {remedy}")
        self.where = where
        self.problem = problem
        self.remedy = remedy
