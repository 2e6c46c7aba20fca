"""What can go wrong with public facts, in the domain's words."""


class ImportRefused(Exception):
    """A file of facts could not be taken in; nothing was changed.

    `problems` are sentences for the person who ran the import, with line numbers where they help.
    """

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems
