"""Questions about the service itself: sentence, outcomes, complexity, days, completion, reason."""

from __future__ import annotations

from typing import Any

from govuk.choices import Choice
from govuk.fields import CheckboxesField, DateField, IntegerField, RadiosField, TextAreaField
from govuk.template_filters import date
from integrations.failure_wording import NDELIUS, said_of
from integrations.failures import NotFound, UpstreamFailure
from integrations.ndelius import client
from integrations.ndelius.types import Sentence
from monitoring.handover import labels
from referrals.journey.answers import (
    CompletionDate,
    Complexity,
    DesiredOutcomes,
    EnforceableDays,
    Reasons,
    RelevantSentence,
    Services,
)
from referrals.journey.pages import Found, Page, Row, text
from referrals.journey.situation import Situation


def described(sentence: Sentence) -> str:
    """One line that tells a sentence from the others."""
    unnamed = (
        "Offence not known" if "offence_category" in sentence.unread else "Offence not recorded in nDelius"
    )
    return sentence.offence_category or sentence.sentence_description or unnamed


def dates_of(sentence: Sentence) -> str:
    """What else is known of a sentence."""
    started = date(sentence.started_on) or _gap(sentence, "started_on", "date not found")
    ends = date(sentence.ends_on) or _gap(sentence, "ends_on", "not found")
    parts = [sentence.offence_subcategory or "", sentence.sentence_description or "", f"Sentenced: {started}"]
    return "; ".join([part for part in parts if part] + [f"{labels.SENTENCE_ENDS}: {ends}"])


def _gap(sentence: Sentence, fact: str, otherwise: str) -> str:
    return "not known" if fact in sentence.unread else otherwise


UNREAD_SENTENCES = (
    "nDelius sent details of sentences that we cannot read. What we cannot read is shown as not known, or is not in "
    "the list. Check the sentences in nDelius."
)


class ServicesPage(Page):
    """Which services are wanted, when the contract offers several (live service: cohort referrals)."""

    answers = Services
    question = "Which services does {person} need?"

    services = CheckboxesField(
        label="Which services does {person} need?",
        label_is_heading=True,
        hint="Select all that apply. You will choose outcomes and a complexity level for each service. If you untick "
        "a service, your answers about it are deleted.",
        choices=(),
        error_messages={"required": "Select at least one service"},
    )

    def arrange(self) -> None:
        """Offer what the contract does."""
        offered = self.situation.contract.contract_type.categories.all()
        self.fields["services"].choices = tuple((one.pk, one.name) for one in offered)  # type: ignore[attr-defined]

    def given(self) -> Services:
        """Catalogue ids in order."""
        return Services(tuple(sorted(int(one) for one in self.cleaned_data["services"])))

    @classmethod
    def is_answered(cls, answers: Services) -> bool:
        """At least one."""
        return bool(answers.services)

    @classmethod
    def rows(cls, answers: Services, situation: Situation) -> list[Row]:
        """The services, one a line."""
        return [Row("Selected services", situation.chosen_services or labels.NOT_PROVIDED)]


class RelevantSentencePage(Page):
    """Which active sentence the referral belongs to, chosen from nDelius."""

    answers = RelevantSentence
    question = "Select the relevant sentence for this referral"
    template = "referrals/journey/relevant_sentence.html"

    sentence = RadiosField(
        label="Select the relevant sentence for this referral",
        label_is_heading=True,
        choices=(),
        error_messages={
            "required": "Select the relevant sentence",
            "unknown": "Select one of the sentences that nDelius shows as active",
        },
    )

    @classmethod
    def look_up(cls, situation: Situation, answers: RelevantSentence) -> Found:
        """The active sentences, or why there are none to choose from."""
        try:
            said = client.active_sentences(situation.crn)
        except NotFound:
            return Found((), trouble="nDelius no longer has this CRN, so you cannot select a sentence.")
        except UpstreamFailure as failure:
            return Found((), trouble=said_of(NDELIUS, failure, "so you cannot select a sentence now."))
        is_unread = said.is_partial or any(sentence.unread for sentence in said.known)
        if not said.known and not is_unread:
            trouble = (
                "nDelius shows no active sentence for this person. A referral must belong to an active sentence. "
                "If this is wrong, correct it in nDelius and open this page again."
            )
            return Found((), trouble=trouble)
        return Found(said.known, trouble=UNREAD_SENTENCES if is_unread else "")

    def arrange(self) -> None:
        """Offer what nDelius shows as active."""
        self.sentences: dict[str, Sentence] = {str(one.id): one for one in self.found.value or ()}
        self.fields["sentence"].choices = tuple(  # type: ignore[attr-defined]
            Choice(key, described(one), hint=dates_of(one)) for key, one in self.sentences.items()
        )

    @classmethod
    def first_values(cls, answers: RelevantSentence, situation: Situation, found: Found) -> dict[str, Any]:
        """The sentence chosen before."""
        return {"sentence": str(answers.sentence_id or "")}

    def given(self) -> RelevantSentence:
        """The chosen sentence with what nDelius says of it today."""
        chosen = self.sentences[self.cleaned_data["sentence"]]
        return RelevantSentence(
            sentence_id=chosen.id,
            sentence_offence_category=described(chosen)[:200],
            sentence_offence_subcategory=(chosen.offence_subcategory or "")[:200],
            sentence_ends_on=chosen.ends_on,
        )

    @classmethod
    def is_answered(cls, answers: RelevantSentence) -> bool:
        """A sentence without an end date is still a sentence."""
        return answers.sentence_id is not None

    @classmethod
    def rows(cls, answers: RelevantSentence, situation: Situation) -> list[Row]:
        """Offence, sub-category, end of sentence."""
        ends = date(answers.sentence_ends_on) if answers.sentence_ends_on else labels.NOT_FOUND
        return [
            Row(labels.SENTENCE, text(answers.sentence_offence_category)),
            Row(labels.SUBCATEGORY, text(answers.sentence_offence_subcategory, labels.NOT_FOUND)),
            Row(labels.SENTENCE_ENDS, ends if answers.sentence_id else labels.NOT_PROVIDED),
        ]


class DesiredOutcomesPage(Page):
    """What is to be achieved, for one service."""

    answers = DesiredOutcomes
    question = "What are the desired outcomes for {category}?"

    outcomes = CheckboxesField(
        label="What are the desired outcomes?",
        label_is_heading=True,
        choices=(),
        error_messages={"required": "Select at least one desired outcome"},
    )

    def arrange(self) -> None:
        """Offer the contract's outcomes for the service, and those chosen before."""
        category = self.situation.category
        assert category is not None
        self.fields["outcomes"].label = self.asked(self.situation)
        chosen = [int(one) for one in self.initial.get("outcomes", ())]
        offered = self.situation.contract.outcomes_for(category, chosen=chosen)
        self.fields["outcomes"].choices = tuple((one.pk, one.text) for one in offered)  # type: ignore[attr-defined]

    def given(self) -> DesiredOutcomes:
        """Catalogue ids in order."""
        return DesiredOutcomes(tuple(sorted(int(one) for one in self.cleaned_data["outcomes"])))

    @classmethod
    def is_answered(cls, answers: DesiredOutcomes) -> bool:
        """At least one."""
        return bool(answers.outcomes)

    @classmethod
    def rows(cls, answers: DesiredOutcomes, situation: Situation) -> list[Row]:
        """The outcomes, one a line; their words are the service's, which a page loads once for all services."""
        assert situation.service is not None
        words = {one.pk: one.text for one in situation.service.outcomes.all()}
        return [Row(labels.OUTCOMES, tuple(words[key] for key in answers.outcomes) or labels.NOT_PROVIDED)]


class ComplexityPage(Page):
    """How complex the person's needs are, for one service: one, two or three levels to choose from."""

    answers = Complexity
    question = "What is the complexity level for {category}?"

    complexity_level = RadiosField(
        label="What is the complexity level?",
        label_is_heading=True,
        choices=(),
        error_messages={"required": "Select a complexity level", "unknown": "Select a complexity level"},
    )

    def arrange(self) -> None:
        """Offer the contract's levels for the service."""
        category = self.situation.category
        assert category is not None
        self.fields["complexity_level"].label = self.asked(self.situation)
        levels = self.situation.contract.complexity_levels_for(category)
        self.fields["complexity_level"].choices = tuple(  # type: ignore[attr-defined]
            (level.pk, level.title, level.description) for level in levels
        )

    @classmethod
    def first_values(cls, answers: Complexity, situation: Situation, found: Found) -> dict[str, Any]:
        """The level chosen before."""
        return {"complexity_level": str(answers.complexity_level_id or "")}

    def given(self) -> Complexity:
        """A catalogue id."""
        return Complexity(int(self.cleaned_data["complexity_level"]))

    @classmethod
    def rows(cls, answers: Complexity, situation: Situation) -> list[Row]:
        """Title and description, a paragraph each."""
        assert situation.service is not None
        level = situation.service.complexity_level
        return [
            Row(labels.COMPLEXITY, f"{level.title}\n\n{level.description}" if level else labels.NOT_PROVIDED)
        ]


class EnforceableDaysPage(Page):
    """The most enforceable days, 1 to 40 (decision F6)."""

    answers = EnforceableDays
    question = "How many days will you use for this service?"

    enforceable_days = IntegerField(
        label="How many enforceable days will you use for this service?",
        label_is_heading=True,
        hint="Enter a number between 1 and 40. The service provider cannot use more days than this.",
        min_value=1,
        max_value=40,
        error_messages={
            "required": "Enter the number of enforceable days",
            "not_a_number": "The number of enforceable days must be a whole number, like 10",
            "out_of_range": "The number of enforceable days must be between 1 and 40",
        },
    )

    @classmethod
    def rows(cls, answers: EnforceableDays, situation: Situation) -> list[Row]:
        """The number."""
        days = answers.enforceable_days
        return [Row(labels.ENFORCEABLE_DAYS, labels.NOT_PROVIDED if days is None else str(days))]


class CompletionDatePage(Page):
    """The day by which the intervention must be completed: today or later (decision F6)."""

    answers = CompletionDate
    question = "When must the intervention be completed by?"

    completion_date = DateField(
        label="When must the intervention be completed by?",
        called="the completion date",
        expected="today or in the future",
        label_is_heading=True,
        hint="For example, 27 3 2027. We will warn you if it is after the sentence ends.",
    )

    def clean_completion_date(self) -> Any:
        """Not in the past."""
        chosen = self.cleaned_data["completion_date"]
        if chosen and chosen < self.situation.today:
            self.add_error("completion_date", "Completion date must be today or in the future")
        return chosen

    @classmethod
    def rows(cls, answers: CompletionDate, situation: Situation) -> list[Row]:
        """The date."""
        chosen = answers.completion_date
        return [Row(labels.COMPLETION_DATE, date(chosen) if chosen else labels.NOT_PROVIDED)]

    @classmethod
    def outdated(cls, answers: CompletionDate, situation: Situation) -> str:
        """A draft may lie until its date has passed."""
        chosen = answers.completion_date
        return "The completion date has passed. Enter another." if chosen and chosen < situation.today else ""

    @classmethod
    def warnings(cls, answers: CompletionDate, situation: Situation) -> list[str]:
        """After the end of the sentence: allowed, but said (decision F6)."""
        ends, chosen = situation.sentence_ends_on, answers.completion_date
        if ends and chosen and chosen > ends:
            return [f"The completion date, {date(chosen)}, is after the sentence ends on {date(ends)}."]
        return []


WHY_IN_THE_COMMUNITY = (
    "Why you are referring {person}, what they hope to achieve, relevant licence conditions, earlier interventions, "
    "other support, and regular appointment times."
)
WHY_BEFORE_RELEASE = (
    "Why you are referring {person}, what they hope to achieve, the support they need to move from prison into the "
    "community and after release, relevant licence conditions, earlier interventions, other support, and regular "
    "appointment times."
)


class ReasonsPage(Page):
    """Why the person is referred, and anything else the supplier should know. Both are needed."""

    answers = Reasons
    question = "Reason for referral and further information"
    template = "referrals/journey/reasons.html"

    reason_for_referral = TextAreaField(
        label=labels.REASON_FOR_REFERRAL,
        hint=WHY_IN_THE_COMMUNITY,
        error_messages={"required": "Enter the reason for the referral"},
    )
    further_information = TextAreaField(
        label=labels.FURTHER_INFORMATION,
        hint="Anything the service provider needs to know to deliver the service safely. For example, relevant "
        "nDelius registrations or how to contact {person} safely.",
        error_messages={"required": "Enter further information, or say there is none"},
    )

    def arrange(self) -> None:
        """Before a release, ask for the way out of prison too (live service: pre-release hints)."""
        if self.situation.release_is_expected:
            self.fields["reason_for_referral"].hint = WHY_BEFORE_RELEASE  # type: ignore[attr-defined]

    @classmethod
    def rows(cls, answers: Reasons, situation: Situation) -> list[Row]:
        """Both texts."""
        return [
            Row(labels.REASON_FOR_REFERRAL, text(answers.reason_for_referral)),
            Row(labels.FURTHER_INFORMATION, text(answers.further_information)),
        ]
