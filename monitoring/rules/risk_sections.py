"""The eight sections of risk information and what they are called on pages."""

from __future__ import annotations

#: The seed's headings, in the order of decision R2.
RISK_LABELS = {
    "who_is_at_risk": "Who is at risk",
    "nature_of_risk": "What is the nature of the risk",
    "risk_imminence": "When is the risk likely to be greatest",
    "self_harm": "Concerns in relation to self-harm",
    "suicide": "Concerns in relation to suicide",
    "hostel_setting": "Concerns in relation to coping in a hostel setting",
    "vulnerability": "Concerns in relation to vulnerability",
    "additional_information": "Additional information",
}
