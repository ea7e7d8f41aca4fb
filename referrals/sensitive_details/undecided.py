"""Details of a draft that may be sensitive and nobody has decided about: worked out from its texts as they stand.

A decision belongs to a keyed hash of place, category and words: it outlives edits elsewhere in the text, and has no
effect once the words are gone. Nothing found is stored.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.core.cache import cache
from django.utils.http import urlencode

from accounts.models import User
from govuk.addresses import reverse
from prepared.queries import PreparedQuery
from referrals.models import Referral, SensitiveDetailDecision
from referrals.sensitive_details import known_places
from referrals.sensitive_details.same_names import find_in_all, folded
from referrals.sensitive_details.written_texts import WrittenText, is_risk, texts_of
from risk.redaction import keyed_hash
from risk.sensitive_details import rules
from risk.sensitive_details.categories import Category
from risk.sensitive_details.known_words import KnownWords
from risk.sensitive_details.remembered import remembered_details
from risk.sensitive_details.scan import Finding

CONTEXT = 80  # characters shown on each side of what was found
SEXES = {"male": "m", "female": "f"}
COUNTS_KEPT_FOR = 60 * 60  # seconds
LATER = "LATER"  # the choice to decide about a detail another time; never stored


@dataclass(frozen=True, slots=True)
class Detail:
    """Words of one text that may be sensitive. The same words found again in the same text are the same detail."""

    written: WrittenText
    category: Category
    why: str
    words: str
    before: str
    after: str
    times: int
    hash: str


def known_words(draft: Referral, author: User) -> KnownWords:
    """Who and what the case is about: no findings."""
    people, custody, numbers, (sex,) = _of_the_case(draft, author)
    return KnownWords.of(people=people, places=(*known_places.ALL.names(), *custody), numbers=numbers, sex=sex)


def _of_the_case(draft: Referral, author: User) -> tuple[tuple[str, ...], ...]:
    """The people (the person first), the places of custody, the numbers that belong to the case, the person's sex."""
    people = (
        draft.person_name,
        draft.practitioner_name,
        draft.back_up_name,
        draft.contact_name,
        author.display_name,
    )
    custody = tuple(name for name in (draft.establishment, draft.contact_establishment) if name)
    return people, custody, (draft.crn, draft.prison_number), (SEXES.get(draft.sex.lower(), ""),)


@dataclass(frozen=True, slots=True)
class Found:
    """What is in a draft, or in what was just saved, in the order of the form: undecided, and decided."""

    undecided: list[Detail]
    decided: list[tuple[Detail, SensitiveDetailDecision]]


def decisions_of(draft: Referral) -> dict[tuple[str, str], SensitiveDetailDecision]:
    """What was decided about the draft's details, by place and hash."""
    return {(one.place, one.finding_hash): one for one in _DECISIONS.rows(referral=draft.pk)}


_DECISIONS = PreparedQuery(lambda referral: SensitiveDetailDecision.objects.filter(referral=referral))
_DECIDED: PreparedQuery[tuple[str, str]] = PreparedQuery(
    lambda referral: SensitiveDetailDecision.objects.filter(referral=referral).values_list(
        "place", "finding_hash"
    )
)


def found_in(draft: Referral, author: User, saved: str = "") -> Found:
    """Search the texts as they stand, but for the risk sections, which have a page of their own."""
    decisions = decisions_of(draft)
    known = known_words(draft, author)
    found = Found([], [])
    for written in texts_of(draft, saved):
        if written.is_risk:
            continue
        for detail in details_in(written, known):
            decision = decisions.get((written.place, detail.hash))
            if decision is None:
                found.undecided.append(detail)
            else:
                found.decided.append((detail, decision))
    return found


class Undecided(NamedTuple):
    """How many details nobody has decided about: of the risk sections (the same words once), and of other texts."""

    risk: int
    other: int

    @classmethod
    def of(cls, by_place: Mapping[str, set[str]]) -> Undecided:
        """Add up what is undecided in each text."""
        in_risk = {one for place, ids in by_place.items() if is_risk(place) for one in ids}
        return cls(len(in_risk), sum(len(ids) for place, ids in by_place.items() if not is_risk(place)))

    @property
    def total(self) -> int:
        """Of the whole draft."""
        return self.risk + self.other


def count_undecided(draft: Referral, author: User) -> Undecided:
    """Count for the whole draft."""
    return Undecided.of(undecided_by_place(draft, author))


def undecided_by_place(draft: Referral, author: User) -> dict[str, set[str]]:
    """What is undecided in each text, as ids of the same words of one kind. Unchanged texts are not searched again.

    What is kept for that are keyed hashes, never words. The risk sections are searched together: what one names is
    found in the others.
    """
    texts = texts_of(draft)
    case = _of_the_case(draft, author)
    together = [[text for text in texts if text.is_risk], *([text] for text in texts if not text.is_risk)]
    keys = {_key(those, case): those for those in together if those}
    found: dict[str, list[list[str]]] = cache.get_many(keys)
    missing = keys.keys() - found.keys()
    if missing:
        known = known_words(draft, author)
        fresh = {key: _hashes(keys[key], known) for key in missing}
        cache.set_many(fresh, COUNTS_KEPT_FOR)
        found |= fresh
    if not any(found.values()):
        return {}
    decided = {*_DECIDED.rows(referral=draft.pk)}
    undecided: dict[str, set[str]] = {}
    for place, hash_, one in (detail for details in found.values() for detail in details):
        if (place, hash_) not in decided:
            undecided.setdefault(place, set()).add(one)
    return undecided


def _hashes(texts: Sequence[WrittenText], known: KnownWords) -> list[list[str]]:
    """Of each different detail in texts that are searched together: its place, its hash there, its id."""
    by_place = {text.place: text for text in texts}
    in_all = find_in_all({place: text.text for place, text in by_place.items()}, known)
    hashes = {}
    for place, findings in in_all.findings.items():
        for finding in findings:
            leading = in_all.leading(finding)
            hash_ = detail_hash(by_place[place], finding.category, finding.words)
            hashes[place, hash_] = same_words(leading.category, leading.words)
    return [[place, hash_, one] for (place, hash_), one in hashes.items()]


def address_to_check(draft: Referral, author: User, saved: str, *, back: str = "") -> str:
    """Where to look at what was found in what was just saved; nothing when there is nothing to decide.

    ``draft`` as it stands since then.
    """
    if not found_in(draft, author, saved).undecided:
        return ""
    asked = {"of": saved, "return": back} if back else {"of": saved}
    return f"{reverse('referrals:sensitive_details', args=[draft.pk])}?{urlencode(asked)}"


def details_in(written: WrittenText, known: KnownWords) -> Iterator[Detail]:
    """What may be sensitive in one text: each different detail once, where it stands first."""
    findings = remembered_details(written.text, known)
    times: dict[str, int] = {}
    first: dict[str, Finding] = {}
    for finding in findings:
        one = detail_hash(written, finding.category, finding.words)
        times[one] = times.get(one, 0) + 1
        first.setdefault(one, finding)
    for one, finding in first.items():
        yield Detail(
            written=written,
            category=finding.category,
            why=finding.why,
            words=finding.words,
            before=_shortened(written.text[: finding.start], at_start=True),
            after=_shortened(written.text[finding.end :], at_start=False),
            times=times[one],
            hash=one,
        )


def detail_hash(written: WrittenText, category: Category, words: str) -> str:
    """What a decision about these words in this text is kept under."""
    return keyed_hash(["sensitive detail", written.place, category, folded(words)])


def same_words(category: Category, words: str) -> str:
    """The same for the same words of one kind, in whichever text they stand."""
    return keyed_hash(["sensitive detail", category, folded(words)])[:20]


def _shortened(text: str, *, at_start: bool) -> str:
    if len(text) <= CONTEXT:
        return text
    return f"…{text[-CONTEXT:]}" if at_start else f"{text[:CONTEXT]}…"


def _key(texts: Sequence[WrittenText], case: tuple[tuple[str, ...], ...]) -> str:
    written = [[text.place, text.text] for text in texts]
    return f"sensitive-details:{keyed_hash([rules.version(), written, case])}"
