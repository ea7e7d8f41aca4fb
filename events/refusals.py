"""Ways in which the service says no to somebody who is signed in."""

from __future__ import annotations

from collections.abc import Sequence

Row = tuple[str, str]  # what it is called, and what it says


class Refused(Exception):
    """Theirs, but not allowed or not now. The reason is shown to the user as it stands (403)."""

    def __init__(self, reason: str, *, code: str = "refused") -> None:
        super().__init__(code)
        self.reason = reason
        self.code = code


class Unanswered(Exception):
    """An outside system that decides about access gives no answer: nothing can be shown for now (503).

    ``may_pass``: trying again can help, so the page offers it.
    """

    def __init__(self, reason: str, *, may_pass: bool = True) -> None:
        super().__init__("unanswered")
        self.reason = reason
        self.may_pass = may_pass


class OutOfDate(Exception):
    """Somebody (or another tab) saved first (409). The reason says what to do."""

    def __init__(self, reason: str) -> None:
        super().__init__("out of date")
        self.reason = reason


class SentBefore(OutOfDate):
    """The same form was sent before, with other words (409). Both are shown; what was typed since is not saved.

    ``stored`` and ``typed`` are in words; both are empty where what is stored is not for this page.
    """

    def __init__(self, reason: str, *, stored: Sequence[Row] = (), typed: Sequence[Row] = ()) -> None:
        super().__init__(reason)
        self.stored = stored
        self.typed = typed


#: Why nothing of a case is shown any more.
DETAILS_ARE_DELETED = (
    "The details of this case were deleted because we no longer need to keep them. "
    "We only keep its reference number and dates."
)


class Gone(Exception):
    """It was here, and cannot be used this way any more (410). ``link`` leads to where it is now."""

    def __init__(self, reason: str, *, link: tuple[str, str] | None = None) -> None:
        super().__init__("gone")
        self.reason = reason
        self.link = link  # what it says, and its address
