"""What is found in a text, what is not, and where: by the situations that practitioners write about."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from risk.sensitive_details.categories import FIXED_SHAPES, Category
from risk.sensitive_details.known_words import KnownWords
from risk.sensitive_details.scan import Finding, named_details, scan

KEZIA = KnownWords.of(
    people=["Kezia Brackenridge", "Grace Okonjo"],
    places=["Durham: Alder House", "Harrowgate Pathways"],
    numbers=["X980010"],
    sex="f",
)
NAME = Category.OTHER_PERSON


def _found(text: str, category: Category, known: KnownWords = KEZIA) -> list[str]:
    return [finding.words for finding in scan(text, known) if finding.category == category]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        pytest.param("He was with Dorian Vellacott.", ["Dorian Vellacott"], id="first and last name"),
        pytest.param("Told Mrs Adeyinka Fosse.", ["Mrs Adeyinka Fosse"], id="title"),
        pytest.param("mrs o'malley called", ["mrs o'malley"], id="small letters after a title"),
        pytest.param("Kezia hit Dorian VELLACOTT.", ["Dorian VELLACOTT"], id="family name in capitals"),
        pytest.param("Her son Milo is six.", ["Milo"], id="relation and first name"),
        pytest.param("her ex-partner, Zalewicz,", ["Zalewicz"], id="relation, comma, unusual name"),
        pytest.param("His mum (Sheila) helps.", ["Sheila"], id="relation and brackets"),
        pytest.param("sons Ade, Bola and Chidi", ["Ade", "Bola", "Chidi"], id="a list of children"),
        pytest.param("Vellacott's cousin saw it.", ["Vellacott"], id="possessive"),
        pytest.param("Seen by PC Hargreave.", ["PC Hargreave"], id="rank"),
        pytest.param("He owes Big Taz.", ["Big Taz"], id="nickname"),
        pytest.param("Met Dafydd ap Gwilym.", ["Dafydd ap Gwilym"], id="ap"),
        pytest.param("a cousin, Heledd ferch Rhydderch", ["Heledd ferch Rhydderch"], id="ferch"),
        pytest.param("Told Siân Llŷr.", ["Siân Llŷr"], id="Welsh letters"),
        pytest.param("Ei frawd Rhodri.", ["Rhodri"], id="Welsh relation"),
        pytest.param("Ana de Souza left.", ["Ana de Souza"], id="de"),
        pytest.param("Told Tyrone D’Souza-Cole.", ["Tyrone D’Souza-Cole"], id="curly apostrophe and hyphen"),
        pytest.param("Met Al-Rashid outside.", ["Al-Rashid"], id="hyphen at the front"),
        pytest.param("with Trần Nguyễn", ["Trần Nguyễn"], id="Vietnamese letters"),
        pytest.param("with Nguyễn", ["Nguyễn"], id="accents written apart"),
        pytest.param("met Dor​ian Vella​cott", ["Dor​ian Vella​cott"], id="letters nobody sees"),
        pytest.param("Met Иван Петров there.", ["Иван Петров"], id="Cyrillic"),
        pytest.param("His uncle is محمد علي now.", ["محمد علي"], id="Arabic"),
        pytest.param("J. Zalewicz reported it.", ["J. Zalewicz"], id="initial"),
        pytest.param("Mark Ellison is his friend.", ["Mark Ellison"], id="first name that is a word"),
        pytest.param("Her mother, Karen Brackenridge, helps.", ["Karen Brackenridge"], id="same family name"),
    ],
)
def test_a_name_of_another_person_is_found(text: str, names: list[str]) -> None:
    assert _found(text, NAME) == names


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Kezia Brackenridge attended; Brackenridge's bus was late.", id="the person"),
        pytest.param("Grace Okonjo will ring. Ms Okonjo agreed.", id="the practitioner"),
        pytest.param("Attended on Tuesday in March with West Yorkshire Police.", id="days, months, places"),
        pytest.param("Seen at Alder House by Harrowgate Pathways.", id="office and provider"),
        pytest.param("OASys, MAPPA and NOMIS were read. CRC staff left.", id="acronyms"),
        pytest.param("Concerns About Housing\nCurrent Situation", id="headings"),
        pytest.param("Moved from Llanelli to Penarth, then Stoke-on-Trent.", id="towns"),
        pytest.param("Works at Harbour Futures near St Mary's Church.", id="organisations"),
        pytest.param("Accommodation is settled. Budgeting was hard. Housing will help.", id="first words"),
        pytest.param("Speaks Polish and Welsh, reads the Quran.", id="languages"),
        pytest.param("Mae'n well ganddi siarad Cymraeg yng Nghaernarfon.", id="Welsh text"),
        pytest.param("", id="nothing"),
        pytest.param("👩‍👩‍👧 12,000 ... ?!", id="no words"),
    ],
)
def test_what_is_known_or_ordinary_is_no_name(text: str) -> None:
    assert _found(text, NAME) == []


@pytest.mark.parametrize(
    ("text", "category", "words"),
    [
        pytest.param("live at 4 Tern Court now", Category.ADDRESS, "4 Tern Court", id="street address"),
        pytest.param("at 12 Heol y Bryn", Category.ADDRESS, "12 Heol y Bryn", id="Welsh address"),
        pytest.param("near ZZ99 3VZ.", Category.POSTCODE, "ZZ99 3VZ", id="no fixed abode"),
        pytest.param("is cf102af", Category.POSTCODE, "cf102af", id="postcode, no space, small"),
        pytest.param("BFPO 951 is", Category.POSTCODE, "BFPO 951", id="forces"),
        pytest.param("on 07700 900123, today", Category.PHONE, "07700 900123", id="mobile"),
        pytest.param("+44 (0)113 496 0000", Category.PHONE, "+44 (0)113 496 0000", id="international"),
        pytest.param("٠٧٧٠٠٩٠٠١٢٣", Category.PHONE, "٠٧٧٠٠٩٠٠١٢٣", id="Arabic digits"),
        pytest.param("to d.v@example.com.", Category.EMAIL, "d.v@example.com", id="email"),
        pytest.param("was born 3 May 2001", Category.DATE_OF_BIRTH, "born 3 May 2001", id="born"),
        pytest.param("drives AB12 CDE", Category.VEHICLE, "AB12 CDE", id="registration"),
        pytest.param("PNC 2012/1234567X", Category.IDENTIFIER, "PNC 2012/1234567X", id="PNC"),
        pytest.param("and A1234BC is", Category.IDENTIFIER, "A1234BC", id="prison number"),
        pytest.param("an SIR went in", Category.INTELLIGENCE, "SIR went", id="security report"),
        pytest.param(
            "Took her son (6) out", Category.VICTIM_OR_CHILD, "Took her son (6) out", id="child by age"
        ),
        pytest.param(
            "He works at the bakery.", Category.VICTIM_OR_CHILD, "He works at the bakery", id="work"
        ),
        pytest.param("heard at MARAC", Category.SAFEGUARDING, "heard at MARAC", id="MARAC"),
        pytest.param("takes sertraline", Category.HEALTH, "takes sertraline", id="medication"),
        pytest.param(
            "has no recourse\nto public funds",
            Category.IMMIGRATION,
            "no recourse\nto public funds",
            id="over a line",
        ),
    ],
)
def test_other_details_are_found(text: str, category: Category, words: str) -> None:
    assert words in _found(text, category)


def test_the_persons_own_number_is_no_finding() -> None:
    assert _found("CRN: X980010, twin X980011", Category.IDENTIFIER) == ["X980011"]


def test_a_postcode_is_not_also_a_registration_and_a_street_is_not_also_a_name() -> None:
    found = scan("Lives at 4 Tern Court, LS1 4AP, with Dorian Vellacott.", KEZIA)
    assert [(finding.category, finding.words) for finding in found] == [
        (Category.ADDRESS, "4 Tern Court"),
        (Category.POSTCODE, "LS1 4AP"),
        (Category.OTHER_PERSON, "Dorian Vellacott"),
    ]


def test_a_finding_says_where_it_stands_which_rule_found_it_and_why() -> None:
    text = "😀 Ask Mrs Fosse."
    (finding,) = scan(text, KEZIA)
    assert text[finding.start : finding.end] == finding.words == "Mrs Fosse"
    assert finding.rule == "name_after_title"
    assert "names someone" in finding.why


PIECES = [
    *"aAeEîŵ’' -.,:;\n\u200b\u0301012379@/+()£",
    *("Milo ", "Mr ", "son ", "LS1 4AP ", "born ", "victim ", "Иван ", "👩‍👩‍👧", "محمد ", "07700 900123"),
]
WRITTEN = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(WRITTEN)
@pytest.mark.slow
def test_findings_are_in_order_in_the_text_and_one_for_a_span_and_category(text: str) -> None:
    findings = scan(text, KEZIA)
    assert list(findings) == sorted(findings)
    for finding in findings:
        assert finding.words
        assert text[finding.start : finding.end] == finding.words
    for category in Category:
        _assert_apart([finding for finding in findings if finding.category == category])
    _assert_apart([finding for finding in findings if finding.category in (*FIXED_SHAPES, NAME)])


def _assert_apart(findings: list[Finding]) -> None:
    for before, after in zip(findings, findings[1:], strict=False):
        assert before.end <= after.start


@pytest.mark.parametrize(
    ("text", "named"),
    [
        pytest.param(
            "Has waited outside Milo's school with a kitchen knife in her bag and told him so.",
            "Milo's school",
            id="a weapon beside a school",
        ),
        pytest.param("He was with Mrs Fosse on the stairs.", "Mrs Fosse", id="a name alone"),
    ],
)
def test_the_words_to_take_out_leave_the_risk_around_them(text: str, named: str) -> None:
    words = [finding.words for finding in named_details(text, KnownWords.of())]
    assert named in words
    assert not [one for one in words if "knife" in one or one != one.strip()]


def test_each_named_detail_lies_in_what_was_found_and_in_the_text() -> None:
    text = "His daughter goes to Tern Academy and was on a child protection plan; he takes sertraline 50mg daily."
    found, named = scan(text, KnownWords.of()), named_details(text, KnownWords.of())
    assert len(found) == len(named) > 0
    for detail in named:
        assert text[detail.start : detail.end] == detail.words
        assert any(one.start <= detail.start and detail.end <= one.end for one in found)
