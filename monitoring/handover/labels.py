"""What each part of a referral is called: the same on the form, on "check your answers", in the preview and here.

The service provider's side owns these, as it owns the fields (``contents``); the practitioner's pages take them from
here. A question has words of its own ("Does Alex need an interpreter?"); its answer has the label.
"""

from __future__ import annotations

# Cards
IDENTITY = "Identity details"
LOCATION_CARD = "Current location"
LOCATION_AND_RELEASE_CARD = "Current location and release"
INTERVENTION_CARD = "Intervention details"
PRACTITIONER = "Probation practitioner"
MAIN_CONTACT = "Main point of contact"
BACK_UP_CONTACT = "Back-up contact"
WHEREABOUTS = "Last known address and contact details"
PERSONAL_DETAILS = "Personal details"
NEEDS_CARD = "Needs and requirements"
RISK_CARD = "Risk information"

# Identity
FIRST_NAME = "First name"
LAST_NAME = "Last name"
DATE_OF_BIRTH = "Date of birth"
CRN = "CRN"
PRISON_NUMBER = "Prison number"
REFERENCE = "Reference number"

# Location and release
LOCATION = "Location when referred"
ESTABLISHMENT = "Establishment"
RELEASE_DATE = "Expected release date"
RELEASE_DATE_UNKNOWN = "Why the release date is not known"
EXPECTED_OFFICE = "Expected probation office"
EXPECTED_OFFICE_UNKNOWN = "Why the probation office is not known"

# Intervention
INTERVENTION = "Intervention"
CONTRACT_TYPE = "Intervention type"
SENTENCE = "Sentence"
SUBCATEGORY = "Subcategory"
SENTENCE_ENDS = "Sentence end date"
ENFORCEABLE_DAYS = "Maximum number of enforceable days"
SENT = "Sent on"
COMPLETION_DATE = "Completion date"
REASON_FOR_REFERRAL = "Reason for referral"
FURTHER_INFORMATION = "Further information"
COMPLEXITY = "Complexity level"
OUTCOMES = "Desired outcomes"

# Contacts
FULL_NAME = "Full name"
ROLE = "Role or job title"
EMAIL = "Email address"
PHONE = "Phone number"
DELIVERY_UNIT = "Probation delivery unit (PDU)"
OFFICE = "Probation office"
TEAM_PHONE = "Team phone number"
PLACE_OF_WORK = "Place of work"
REASON_BEFORE_ALLOCATION = "Reason for referring before a practitioner is allocated"

# Personal details
ADDRESS = "Last known address"
MOBILE = "Mobile number"
SEX = "Sex"
ETHNICITY = "Ethnicity"
PREFERRED_LANGUAGE = "Preferred language"
DISABILITIES = "Disabilities"
RELIGION = "Religion or belief"
TAKEN_FROM_NDELIUS = "Taken from nDelius on"
UPDATED_FROM_NDELIUS = "Updated from nDelius on"  # after sending

# Needs and requirements
CRIMINOGENIC_NEEDS = "Criminogenic needs"
ADDITIONAL_NEEDS = "Additional needs"
ACCESSIBILITY_NEEDS = "Mobility, disability or accessibility needs"
NEEDS_INTERPRETER = "Interpreter needed"
INTERPRETER_LANGUAGE = "Interpreter language"
RESPONSIBILITIES = "Caring or employment responsibilities"
WHEN_UNAVAILABLE = "When they are unavailable"
DIVERSITY = "Diversity considerations"

# Risk
RECALLED = "Recalled"
DECLARED_BY = "Responsibility for sharing accepted by"

# What an answer says when there is none
NOT_PROVIDED = "Not provided"  # the practitioner left it empty
NOT_KNOWN = "Not known"  # the other system sent a value that we cannot read
NOT_FOUND = "Not found"  # the other system has nothing (seed: person banner)
NOT_SHARED = "No information shared"  # kept back, removed or empty: nobody can tell which (decision R4)

LOCATIONS = {"COMMUNITY": "In the community", "CUSTODY": "In custody"}


def service_card(category_name: str) -> str:
    """The card of one service."""
    return f"{category_name} service"


def need_with_comment(name: str, comment: str) -> str:
    """One criminogenic need as it is shared."""
    return f"{name}: {comment}" if comment else name
