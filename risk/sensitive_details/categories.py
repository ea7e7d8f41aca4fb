"""Kinds of detail that may be sensitive, with their names on pages (decision R12)."""

from __future__ import annotations

from enum import StrEnum


class Category(StrEnum):
    """One kind of detail. The value is what is stored and counted; ``label`` is what a page says."""

    OTHER_PERSON = "other_person"
    ADDRESS = "address"
    POSTCODE = "postcode"
    PHONE = "phone"
    EMAIL = "email"
    DATE_OF_BIRTH = "date_of_birth"
    VEHICLE = "vehicle"
    IDENTIFIER = "identifier"
    INTELLIGENCE = "intelligence"
    VICTIM_OR_CHILD = "victim_or_child"
    SAFEGUARDING = "safeguarding"
    HEALTH = "health"
    IMMIGRATION = "immigration"

    @property
    def label(self) -> str:
        """The kind in the words of a page."""
        return LABELS[self]


LABELS = {
    Category.OTHER_PERSON: "Name of another person",
    Category.ADDRESS: "Address",
    Category.POSTCODE: "Postcode",
    Category.PHONE: "Phone number",
    Category.EMAIL: "Email address",
    Category.DATE_OF_BIRTH: "Date of birth",
    Category.VEHICLE: "Vehicle registration",
    Category.IDENTIFIER: "Reference number of a person",
    Category.INTELLIGENCE: "Police or prison intelligence",
    Category.VICTIM_OR_CHILD: "Victim, witness or child",
    Category.SAFEGUARDING: "Safeguarding",
    Category.HEALTH: "Health",
    Category.IMMIGRATION: "Immigration status",
}

#: Details of a fixed shape, firmest first: characters of one are not read again as a weaker one, or as a name.
FIXED_SHAPES = (
    Category.EMAIL,
    Category.IDENTIFIER,
    Category.DATE_OF_BIRTH,
    Category.POSTCODE,
    Category.VEHICLE,
    Category.PHONE,
    Category.ADDRESS,
)
