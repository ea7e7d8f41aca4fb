"""Make a referral: the whole form, in order. Read this file to know what is asked.

Routes, order, back links, the task list, "check your answers" and "ready to send" all follow from it.
Fields and limits: live service, practitioner's side, part 2.5; seed: bite-sized guide to the referral form.
"""

from referrals.actions.pull_needs import pull_needs
from referrals.journey.declaration import Journey, PerService, Section, Step, Task
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
)

MAKE_A_REFERRAL = Journey(
    Section(
        "Practitioner and back-up contact",
        Task("Probation practitioner", Step("practitioner", PractitionerPage)),
        Task("Back-up contact", Step("back-up-contact", BackUpContactPage)),
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
    ),
)
