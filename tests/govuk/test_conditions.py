"""Questions that are asked only after an answer: required when asked, dropped when not, drawn inside it."""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.http import QueryDict

from govuk.conditions import If, InvalidCondition
from govuk.fields import CheckboxesField, DateField, RadiosField, TextAreaField, TextField, YesNoField
from govuk.forms import Form


class Interpreter(Form):
    """One question that asks another, which asks a third."""

    needed = YesNoField(label="Is an interpreter needed?", yes_if="an interpreter is needed")
    kind = RadiosField(label="Kind", called="the kind", choices=[("SIGN", "Sign"), ("SPOKEN", "Spoken")])
    language = TextField(label="Language", called="the language")
    remarks = TextAreaField(label="Remarks", required=False)

    class Meta:
        """Sign language needs no name."""

        conditions = (
            If("needed", "YES", then=("kind", "remarks")),
            If("kind", "SPOKEN", then=("language",)),
        )

    def clean_language(self) -> str:
        """Refuse one language, to see that this is not called when nobody asked."""
        if self.cleaned_data["language"] != "Welsh":
            raise ValidationError("Only Welsh")
        return "Welsh"


NOT_ASKED = {"kind": "", "language": "", "remarks": ""}


@pytest.mark.parametrize(
    ("sent", "cleaned"),
    [
        pytest.param("needed=NO", {"needed": False, **NOT_ASKED}, id="not asked"),
        pytest.param(
            "needed=NO&kind=SPOKEN&language=French&remarks=x",
            {"needed": False, **NOT_ASKED},
            id="answers to questions that do not apply are dropped unread",
        ),
        pytest.param(
            "needed=YES&kind=SIGN&language=French",
            {"needed": True, "kind": "SIGN", "language": "", "remarks": ""},
            id="only the third is dropped",
        ),
        pytest.param(
            "needed=YES&kind=SPOKEN&language=Welsh&remarks=x",
            {"needed": True, "kind": "SPOKEN", "language": "Welsh", "remarks": "x"},
            id="all asked",
        ),
    ],
)
def test_answers_that_remain(sent: str, cleaned: dict[str, Any]) -> None:
    form = Interpreter(QueryDict(sent))
    assert form.is_valid(), form.errors
    assert form.cleaned_data == cleaned


STORED = {"language": "Welsh", "remarks": "Stored."}


@pytest.mark.parametrize(
    ("sent", "dropped"),
    [
        pytest.param(
            "needed=NO&language=French&remarks=x", [("Language", "French"), ("Remarks", "x")], id="posted"
        ),
        pytest.param("needed=NO", [("Language", "Welsh"), ("Remarks", "Stored.")], id="stored, and not posted"),
        pytest.param("needed=NO&language=&remarks=%0D%0A", [], id="emptied on purpose"),
        pytest.param("needed=YES&kind=SIGN&language=French&remarks=x", [("Language", "French")], id="one of two"),
        pytest.param("needed=YES&kind=SPOKEN&language=French&remarks=x", [], id="all asked"),
        pytest.param(
            "needed=YES&kind=SIGN&language=French&remarks=French", [], id="moved to a box that is asked"
        ),
    ],
)  # fmt: skip
def test_text_that_saving_would_drop(sent: str, dropped: list[tuple[str, str]]) -> None:
    assert Interpreter(QueryDict(sent), initial=STORED).dropped() == dropped


@pytest.mark.parametrize(
    ("sent", "messages"),
    [
        pytest.param("", ["Select yes if an interpreter is needed"], id="nothing"),
        pytest.param("kind=SPOKEN", ["Select yes if an interpreter is needed"], id="only the unasked"),
        pytest.param("needed=YES", ["Select the kind"], id="asked and missing"),
        pytest.param("needed=YES&kind=SPOKEN", ["Enter the language"], id="third asked and missing"),
        pytest.param("needed=YES&kind=x&language=a", ["Select the kind"], id="unknown answer asks nothing"),
        pytest.param(
            "needed=YES&kind=SPOKEN&language=French", ["Only Welsh"], id="own check runs when asked"
        ),
    ],
)
def test_errors_of_asked_questions_only(sent: str, messages: list[str]) -> None:
    form = Interpreter(QueryDict(sent))
    assert [line["text"] for line in form.error_list()] == messages


def test_what_was_typed_stays_on_the_page_when_the_answer_changes() -> None:
    form = Interpreter(QueryDict("needed=NO&kind=SPOKEN&language=French"))
    form.is_valid()
    page = BeautifulSoup(form["needed"].as_field_group(), "html5lib")
    assert page.find(id="id_language")["value"] == "French"
    assert page.find("input", value="SPOKEN").has_attr("checked")


def test_a_conditional_question_is_drawn_inside_its_answer_and_nowhere_else() -> None:
    form = Interpreter()
    assert [bound.name for bound in form.questions()] == ["needed"]
    page = BeautifulSoup(form["needed"].as_field_group(), "html5lib")
    inside = page.find(id=page.find("input", value="YES")["data-aria-controls"])
    assert inside.find(id="id_kind")
    assert inside.find(id="id_remarks")
    assert inside.find(id="conditional-id_kind-2").find(id="id_language")
    assert not page.find(class_="govuk-radios--inline"), "what unfolds needs the whole row"


def test_errors_stand_in_the_order_of_the_page() -> None:
    class Backwards(Form):
        reason = TextField(label="Reason")
        last = TextField(label="Last")
        first = RadiosField(label="First", choices=[("A", "A")])

        class Meta:
            conditions = (If("first", "A", then=("reason",)),)

    form = Backwards(QueryDict("first=A"))
    assert [line["href"] for line in form.error_list()] == ["#id_last", "#id_reason"]


def test_one_of_several_boxes_can_ask() -> None:
    class Needs(Form):
        needs = CheckboxesField(label="Needs", choices=[("A", "A"), ("B", "B")])
        when = DateField(label="When")

        class Meta:
            conditions = (If("needs", "B", then=("when",)),)

    assert Needs(QueryDict("needs=A")).is_valid()
    form = Needs(QueryDict("needs=A&needs=B"))
    assert form.error_list() == [{"text": "Enter when", "href": "#id_when_day"}]


def test_a_form_may_add_questions_and_conditions_of_its_own() -> None:
    class Arranged(Form):
        kind = RadiosField(label="Kind", choices=lambda: [("A", "A"), ("B", "B")])

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.fields["more"] = TextField(label="More about {person}")
            self.conditions.append(If("kind", "B", then=("more",)))

    assert Arranged(QueryDict("kind=A")).is_valid()
    assert Arranged(QueryDict("kind=B"), person="Ada").error_list()[0]["text"] == "Enter more about Ada"
    assert Arranged.base_fields.keys() == {"kind"}
    assert not hasattr(Arranged, "conditions"), "one form's condition must not reach the next"


@pytest.mark.parametrize(
    ("conditions", "complaint"),
    [
        pytest.param([If("nobody", "A", then=("b",))], "no field 'nobody'", id="unknown question"),
        pytest.param([If("a", "YES", then=("nobody",))], "no field 'nobody'", id="unknown target"),
        pytest.param([If("a", "MAYBE", then=("b",))], "does not offer 'MAYBE'", id="unknown answer"),
        pytest.param([If("c", "x", then=("b",))], "does not offer 'x'", id="a box for text offers nothing"),
        pytest.param(
            [If("a", "YES", then=("c",)), If("b", "YES", then=("c",))],
            "'c' cannot stand in two places",
            id="twice",
        ),
        pytest.param([If("a", "YES", then=("a",))], "depends on itself", id="itself"),
        pytest.param(
            [If("a", "YES", then=("b", "c")), If("b", "NO", then=("a",))],
            "depends on itself",
            id="in a circle",
        ),
    ],
)
def test_a_wrong_declaration_fails_when_the_module_is_read(conditions: list[If], complaint: str) -> None:
    meta = type("Meta", (), {"conditions": conditions})
    fields = {"a": YesNoField(label="A"), "b": YesNoField(label="B"), "c": TextField(label="C")}
    with pytest.raises(InvalidCondition, match=complaint):
        type("Wrong", (Form,), {**fields, "Meta": meta})
