"""What tests of several schedulers at once share with the others."""

from tests.concurrency.conftest import at_once

__all__ = ["at_once"]
