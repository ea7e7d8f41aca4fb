"""The words for a risk: what OASys answers to whether there is a concern, and what a service provider is told of that.

Both sides of the service say it with these. Knows nothing else of OASys: the service provider's side reads it, too.
"""

from __future__ import annotations

from enum import StrEnum

_WORDS = {"YES": "Yes", "NO": "No", "DONT_KNOW": "Don’t know", "NOT_APPLICABLE": "Not applicable"}


class _InWords(StrEnum):
    @property
    def label(self) -> str:
        """The answer as people read it."""
        return _WORDS[self.name]


class Answer(_InWords):
    """OASys's answer, as it is sent and kept."""

    YES = "YES"
    NO = "NO"
    DONT_KNOW = "DK"
    NOT_APPLICABLE = "NA"


class SharedAnswer(_InWords):
    """What crosses to the service provider: where OASys is not sure, or was not asked, that nobody knows."""

    YES = "YES"
    NO = "NO"
    DONT_KNOW = "DONT_KNOW"

    @classmethod
    def of(cls, answer: Answer) -> SharedAnswer:
        """What is told of an answer of OASys's."""
        return {Answer.YES: cls.YES, Answer.NO: cls.NO}.get(answer, cls.DONT_KNOW)
