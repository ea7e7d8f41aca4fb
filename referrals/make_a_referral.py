"""Make a referral: the whole form, in order. Read this file to know what is asked.

Routes, order, back links, the task list, "check your answers" and "ready to send" all follow from it.
Fields and limits: live service, practitioner's side, parts 2.3 to 2.5; seed: bite-sized guide to the referral form.
"""

from referrals.journey.conditions import (
    has_no_practitioner,
    has_practitioner,
    has_services_to_choose,
    is_in_custody,
    is_releasing_before_allocation,
    release_is_expected,
)
from referrals.journey.questions.branch import AllocationPage, ReleasePage, WhereNowPage
from referrals.journey.questions.custody import EstablishmentPage, ExpectedOfficePage, ExpectedReleasePage
from referrals.journey.questions.main_contact import MainContactPage, ReasonBeforeAllocationPage
from referrals.journey.questions.needs import (
    AccessibilityNeedsPage,
    AdditionalNeedsPage,
    CriminogenicNeedsPage,
    DiversityPage,
    InterpreterPage,
    ResponsibilitiesPage,
)
from referrals.journey.questions.people import BackUpContactPage, PersonalDetailsPage, PractitionerPage
from referrals.journey.questions.risk import RiskPage
from referrals.journey.questions.service import (
    CompletionDatePage,
    ComplexityPage,
    DesiredOutcomesPage,
    EnforceableDaysPage,
    ReasonsPage,
    RelevantSentencePage,
    ServicesPage,
)
from referrals.journey.structure import Journey, PerService, Section, Step, Task
from referrals.pulls.criminogenic_needs import pull_needs
from referrals.pulls.custody import pull_custody
from referrals.pulls.practitioner import pull_practitioner

START = "Before you start"
SERVICES = "Choose services"

MAKE_A_REFERRAL = Journey(
    Section(
        START,
        Task(
            "Practitioner and current location",
            Step("allocation", AllocationPage, first=pull_practitioner),
            Step("current-location", WhereNowPage, applies=has_practitioner),
            Step("release", ReleasePage, applies=has_no_practitioner),
        ),
    ),
    Section(
        "Practitioner and back-up contact",
        Task("Probation practitioner", Step("practitioner", PractitionerPage)),
        Task("Back-up contact", Step("back-up-contact", BackUpContactPage)),
        applies=has_practitioner,
        needs=(START,),
    ),
    Section(
        "Main point of contact",
        Task(
            "Name, role, email address and location",
            Step("main-contact", MainContactPage),
            Step(
                "reason-before-allocation", ReasonBeforeAllocationPage, applies=is_releasing_before_allocation
            ),
        ),
        applies=has_no_practitioner,
        needs=(START,),
    ),
    Section(
        "{person}’s custody and release details",
        Task("Establishment", Step("establishment", EstablishmentPage, first=pull_custody)),
        Task(
            "Expected release date",
            Step("expected-release-date", ExpectedReleasePage, first=pull_custody),
            applies=release_is_expected,
        ),
        Task(
            "Expected probation office",
            Step("expected-probation-office", ExpectedOfficePage),
            applies=is_releasing_before_allocation,
        ),
        applies=is_in_custody,
        needs=(START,),
    ),
    Section(
        "Review {person}’s information",
        Task("Personal details", Step("personal-details", PersonalDetailsPage)),
        Task("Risk information", Step("risk-information", RiskPage)),
        Task("Criminogenic needs", Step("criminogenic-needs", CriminogenicNeedsPage, first=pull_needs)),
        Task(
            "Needs and requirements",
            Step("additional-needs", AdditionalNeedsPage),
            Step("accessibility-needs", AccessibilityNeedsPage),
            Step("interpreter", InterpreterPage),
            Step("responsibilities", ResponsibilitiesPage),
            Step("diversity", DiversityPage),
        ),
        needs=(START,),
    ),
    Section(
        SERVICES,
        Task("Services for the {intervention} referral", Step("services", ServicesPage)),
        applies=has_services_to_choose,
        needs=(START,),
    ),
    Section(
        "{intervention} referral details",
        Task("Relevant sentence", Step("relevant-sentence", RelevantSentencePage)),
        PerService(
            Task("Desired outcomes", Step("desired-outcomes", DesiredOutcomesPage)),
            Task("Complexity level", Step("complexity-level", ComplexityPage)),
        ),
        Task("Enforceable days", Step("enforceable-days", EnforceableDaysPage)),
        Task("Completion date", Step("completion-date", CompletionDatePage)),
        Task("Reason for referral and further information", Step("reason-for-referral", ReasonsPage)),
        needs=(START, SERVICES),
    ),
)
