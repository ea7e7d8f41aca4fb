"""OASys's wire shapes, and how each becomes a value of ``integrations.oasys.types``.

The only place that knows the keys of OASys's JSON. Word lists are read as plain text, so that a word we do not
know becomes "unknown" and is named, instead of failing the whole answer. Nothing here calls anything.

OASys's own answer is put together from three parts, and a part that failed is silently left empty: screening
(``risk``), full analysis (``current``, ``previous``, texts of concerns), summary (levels, texts of the first
three sections). ``_is_partial`` looks for the holes that this leaves.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from integrations.oasys.types import (
    Assessed,
    CriminogenicNeed,
    Level,
    NeedsAssessed,
    NeedStatus,
    NotCompleted,
    RiskAnswer,
)
from integrations.risk_answers import Answer
from integrations.wire import Flag, Moment, NotReadable, Number, Wire, text_or_none

LONDON = ZoneInfo("Europe/London")  # OASys's date-times have no zone

# --- Wire shapes ---------------------------------------------------------------------------------


class Concern(Wire):
    """One kind of risk to self."""

    risk: str | None = None
    previous: str | None = None
    current: str | None = None
    previous_concerns_text: str | None = None
    current_concerns_text: str | None = None


class RiskToSelf(Wire):
    """The five kinds; custody is not one of the product's sections."""

    suicide: Concern = Concern()
    self_harm: Concern = Concern()
    custody: Concern = Concern()
    hostel_setting: Concern = Concern()
    vulnerability: Concern = Concern()


class OtherRisks(Wire):
    """Read only to tell an empty answer from one with something in it."""

    escape_or_abscond: str | None = None
    control_issues_disruptive_behaviour: str | None = None
    breach_of_trust: str | None = None
    risk_to_other_prisoners: str | None = None


class Summary(Wire):
    """Texts and levels; a level's list names the groups at that level."""

    who_is_at_risk: str | None = None
    nature_of_risk: str | None = None
    risk_imminence: str | None = None
    risk_in_community: dict[str, list[str]] = {}
    risk_in_custody: dict[str, list[str]] = {}


class Rosh(Wire):
    """GET /risks/crn/{crn}. The summary is always there: an object that says nothing at all is no answer."""

    risk_to_self: RiskToSelf = RiskToSelf()
    other_risks: OtherRisks = OtherRisks()
    summary: Summary | None = None
    assessed_on: Moment | None = None

    def check(self) -> None:
        """Something was said."""
        if self.summary is None and self.assessed_on is None and _is_empty(self):
            raise NotReadable("neither a summary nor anything else")


class Threshold(Wire):
    """The score at which a need counts."""

    standard: Number | None = None


class Need(Wire):
    """One criminogenic need."""

    section: str
    name: str | None = None
    risk_of_harm: Flag | None = None
    risk_of_reoffending: Flag | None = None
    score: Number | None = None
    oasys_threshold: Threshold = Threshold()


class AllNeeds(Wire):
    """GET /needs/crn/{crn}. The lists are always there, empty or not: without any of them it is no answer."""

    identified_needs: list[Need] | None = None
    not_identified_needs: list[Need] | None = None
    unanswered_needs: list[Need] | None = None
    assessment_version: str | None = None
    assessed_on: Moment | None = None

    def check(self) -> None:
        """One of the lists is there."""
        if self.identified_needs is self.not_identified_needs is self.unanswered_needs is None:
            raise NotReadable("no list of needs")


# --- Risk ----------------------------------------------------------------------------------------

#: How the product writes OASys's groups, in the order in which they are shown; OASys's own capitals vary.
GROUPS = ("Children", "Public", "Known adult", "Staff", "Prisoners")
_GROUP_BY_WORD = {group.casefold(): group for group in GROUPS}

#: From the level that outweighs all others down. A word that we do not know may mean anything, so only the
#: highest level is sure beside it: an unknown and a "low" are not "low".
_WEIGHT = (Level.VERY_HIGH, Level.UNKNOWN, Level.HIGH, Level.MEDIUM, Level.LOW)


def risk_from(wire: Rosh, *, was_mended: bool) -> Assessed | NotCompleted:
    """An assessment, or the finding that there is none."""
    if wire.assessed_on is None and _is_empty(wire) and not wire.unread:
        return NotCompleted()
    unknown: list[str] = []
    summary, to_self = wire.summary or Summary(), wire.risk_to_self
    community = _levels(summary.risk_in_community, unknown)
    is_community_unread = any("riskInCommunity" in name or name == "summary" for name in wire.unread)
    return Assessed(
        sections={
            "who_is_at_risk": RiskAnswer(text=_text(summary.who_is_at_risk)),
            "nature_of_risk": RiskAnswer(text=_text(summary.nature_of_risk)),
            "risk_imminence": RiskAnswer(text=_text(summary.risk_imminence)),
            "self_harm": _concern(to_self.self_harm, unknown),
            "suicide": _concern(to_self.suicide, unknown),
            "hostel_setting": _concern(to_self.hostel_setting, unknown),
            "vulnerability": _concern(to_self.vulnerability, unknown),
        },
        levels_in_community=community,
        levels_in_custody=_levels(summary.risk_in_custody, unknown),
        overall_community_level=_highest([*community.values(), *[Level.UNKNOWN] * is_community_unread]),
        assessed_at=in_london(wire.assessed_on),
        is_partial=_is_partial(wire) or bool(wire.unread) or wire.summary is None,
        was_mended=was_mended,
        unknown_words=tuple(dict.fromkeys(unknown)),
    )


def in_london(moment: datetime | None) -> datetime | None:
    """An aware moment: OASys writes London's wall clock without saying so."""
    if moment is None or moment.tzinfo is not None:
        return moment
    return moment.replace(tzinfo=LONDON)


def _text(value: str | None) -> str | None:
    """The text as it is, or ``None`` when there is nothing to read in it."""
    return value if value and value.strip() else None


def _concern(wire: Concern, unknown: list[str]) -> RiskAnswer:
    """The text counts only when the current answer is yes (live service)."""
    answer = _answer(wire.current, unknown)
    return RiskAnswer(answer, _text(wire.current_concerns_text) if answer is Answer.YES else None)


def _answer(word: str | None, unknown: list[str]) -> Answer | None:
    word = text_or_none(word)
    if word is None:
        return None
    try:
        return Answer(word.upper())
    except ValueError:
        unknown.append(_shortened(word))
        return None


def _level(word: str, unknown: list[str]) -> Level:
    try:
        return Level(word.strip().upper().replace(" ", "_"))
    except ValueError:
        unknown.append(_shortened(word))
        return Level.UNKNOWN


def _shortened(word: str) -> str:
    return word.strip()[:40]


def _levels(wire: Mapping[str, Iterable[str]], unknown: list[str]) -> dict[str, Level]:
    """From group to level, in the order of ``GROUPS``, then OASys's other groups as they came."""
    levels: dict[str, Level] = {}
    for word, groups in wire.items():
        for group in filter(None, map(text_or_none, groups)):
            named = _GROUP_BY_WORD.get(group.casefold(), group)
            level = _level(word, unknown)
            levels[named] = _highest([level, levels.get(named, level)])
    in_order = [group for group in GROUPS if group in levels]
    return {group: levels[group] for group in [*in_order, *levels]}


def _highest(levels: Iterable[Level]) -> Level:
    """The level that outweighs the others; unknown when there is none."""
    return min(levels, key=_WEIGHT.index, default=Level.UNKNOWN)


def _concerns(wire: Rosh) -> tuple[Concern, ...]:
    to_self = wire.risk_to_self
    return (
        to_self.suicide,
        to_self.self_harm,
        to_self.custody,
        to_self.hostel_setting,
        to_self.vulnerability,
    )


def _has_levels(wire: Rosh) -> bool:
    summary = wire.summary or Summary()
    return any([*summary.risk_in_community.values(), *summary.risk_in_custody.values()])


def _has_summary_text(wire: Rosh) -> bool:
    summary = wire.summary or Summary()
    return any(map(_text, (summary.who_is_at_risk, summary.nature_of_risk, summary.risk_imminence)))


def _is_empty(wire: Rosh) -> bool:
    """Nothing was said at all."""
    values = [
        *wire.other_risks.values(),
        *(value for concern in _concerns(wire) for value in concern.values()),
    ]
    return not (any(values) or _has_levels(wire) or _has_summary_text(wire))


def _is_partial(wire: Rosh) -> bool:
    """Whether one of the three parts of the answer is empty as a whole while another is not."""
    is_screened = any(concern.risk for concern in _concerns(wire))
    is_analysed = any(concern.current or concern.previous for concern in _concerns(wire))
    has_answers_or_text = is_analysed or _has_summary_text(wire)
    return (
        (is_analysed and not is_screened)
        or (is_screened and not is_analysed)
        or not _has_levels(wire)
        or not has_answers_or_text
    )


# --- Needs ---------------------------------------------------------------------------------------


def needs_from(wire: AllNeeds, *, was_mended: bool) -> NeedsAssessed | NotCompleted:
    """The needs, or the finding that there is no assessment."""
    lists = (
        (NeedStatus.IDENTIFIED, wire.identified_needs),
        (NeedStatus.NOT_IDENTIFIED, wire.not_identified_needs),
        (NeedStatus.UNANSWERED, wire.unanswered_needs),
    )
    needs = tuple(_need(need, status) for status, listed in lists for need in listed or ())
    is_partial = bool(wire.unread) or any(listed is None for _, listed in lists)
    if not needs and wire.assessed_on is None and not is_partial:
        return NotCompleted()
    return NeedsAssessed(
        needs=needs,
        assessed_at=in_london(wire.assessed_on),
        version=text_or_none(wire.assessment_version),
        is_partial=is_partial,
        was_mended=was_mended,
    )


def _need(wire: Need, status: NeedStatus) -> CriminogenicNeed:
    return CriminogenicNeed(
        section=wire.section,
        name=text_or_none(wire.name) or wire.section.replace("_", " ").capitalize(),
        status=status,
        score=wire.score,
        threshold=wire.oasys_threshold.standard,
        risk_of_harm=wire.risk_of_harm,
        risk_of_reoffending=wire.risk_of_reoffending,
    )
