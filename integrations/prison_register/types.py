"""What the prison register tells us, in the field's words. Knows nothing of HTTP, of our own models or of pages."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Establishment:
    """A place where somebody can be held in custody: a prison, or a secure children's home.

    ``id`` is the code that the prison systems use ("MDI", "SC9801"), ``name`` as it is shown.
    """

    id: str
    name: str
