"""Which form it is: who is responsible for the person, and where the person is (live service: the branch matrix)."""

from __future__ import annotations

from govuk.fields import RadiosField, YesNoField
from monitoring.handover import labels
from referrals.journey.answers import Allocation, Release, WhereNow
from referrals.journey.pages import Page, Row, text, yes_no
from referrals.journey.situation import Situation
from referrals.models import Location


class AllocationPage(Page):
    """Whether somebody in the community is responsible for the person."""

    answers = Allocation
    question = "Does {person} have an allocated community probation practitioner?"
    template = "referrals/journey/allocation.html"

    has_practitioner = YesNoField(
        label="Does {person} have an allocated community probation practitioner?",
        label_is_heading=True,
        hint="Select no only if they are in prison and no one is allocated yet. We will then ask for a main point of "
        "contact for the service provider to use until someone is.",
        yes_if="{person} has an allocated community probation practitioner",
    )

    def beside(self) -> str:
        """What nDelius says about it."""
        officer = self.situation.officer
        if officer is None:
            return ""
        return (
            f"nDelius names {officer.name} as the community probation practitioner."
            if officer.is_allocated
            else "nDelius does not name a community probation practitioner for this person."
        )

    @classmethod
    def rows(cls, answers: Allocation, situation: Situation) -> list[Row]:
        """Yes or no."""
        return [Row("Allocated community probation practitioner", yes_no(answers.has_practitioner))]

    @classmethod
    def warnings(cls, answers: Allocation, situation: Situation) -> list[str]:
        """nDelius names somebody all the same: then nobody need be referred as if they were in prison."""
        officer = situation.officer
        if answers.has_practitioner is not False or officer is None or not officer.is_allocated:
            return []
        return [
            f"nDelius names {officer.name} as the community probation practitioner, and you selected no. Without one, "
            f"the referral says that {situation.person} is in custody. If they are in the community, select yes."
        ]


class WhereNowPage(Page):
    """Whether somebody with a practitioner is in the community or in custody."""

    answers = WhereNow
    question = "Where is {person} now?"

    location = RadiosField(
        label="Where is {person} now?",
        label_is_heading=True,
        choices=(
            (Location.COMMUNITY.value, labels.LOCATIONS[Location.COMMUNITY]),
            (
                Location.CUSTODY.value,
                labels.LOCATIONS[Location.CUSTODY],
                "Refer them before they are released.",
            ),
        ),
        error_messages={
            "required": "Select if {person} is in the community or in custody",
            "unknown": "Select if {person} is in the community or in custody",
        },
    )

    @classmethod
    def rows(cls, answers: WhereNow, situation: Situation) -> list[Row]:
        """Community or custody."""
        return [Row(labels.LOCATION, text(labels.LOCATIONS.get(answers.location)))]


class ReleasePage(Page):
    """Whether somebody without a practitioner will be released while the service is delivered."""

    answers = Release
    question = "Will {person} be released during the intervention?"

    is_releasing = YesNoField(
        label="Will {person} be released during the intervention?",
        label_is_heading=True,
        hint="You selected that they have no allocated community probation practitioner, so this referral is for a "
        "person in prison.",
        yes_if="{person} will be released during the intervention",
        yes_text="Yes, they will be released during the intervention",
        no_text="No, they have just arrived in prison and have needs now",
        inline=False,
    )

    @classmethod
    def rows(cls, answers: Release, situation: Situation) -> list[Row]:
        """Where they are, and whether they are released."""
        return [
            Row(labels.LOCATION, labels.LOCATIONS[Location.CUSTODY]),
            Row("Released during the intervention", yes_no(answers.is_releasing)),
        ]
