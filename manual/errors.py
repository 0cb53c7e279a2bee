"""The error of the manual's data: it names file, row and field, and what is expected there."""

from __future__ import annotations


class ManualError(Exception):
    """A data file of `manual/` is malformed; the text is one line with the place and what to write there."""

    def __init__(self, file: str, row: str, field: str, expected: str, found: object = None) -> None:
        """Keep the place: file relative to `manual/`, row as number and name, field; and what is expected there."""
        tail = "" if found is None else f"; found {found!r}"
        super().__init__(f"manual/{file}, {row}, field {field!r}: expected {expected}{tail}")
        self.file = file
        self.row = row
        self.field = field
        self.expected = expected
