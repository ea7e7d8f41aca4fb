"""The filters of the catalogue, as a form that is sent by GET: what was asked for stands in the address."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from govuk import fields, forms
from interventions.finding.criteria import COMMUNITY, CUSTODY, EITHER, MEN, WOMEN, Need
from interventions.models import PoliceArea

SEXES = ((WOMEN, "Women"), (MEN, "Men"), (EITHER, "Women and men, in one service"))
PLACES = ((CUSTODY, "In custody"), (COMMUNITY, "In the community"))
OLDEST = 120  # years


class FindForm(forms.Form):
    """What to look for. Nothing has to be answered."""

    words = fields.TextField(
        label="Words",
        hint="Search titles, descriptions, activities and service providers. Do not enter a person’s name or CRN.",
        called="what to look for",
        max_length=100,
        required=False,
    )
    area = fields.CheckboxesField(label="Police area", hint="", choices=(), small=True, required=False)
    need = fields.CheckboxesField(label="Need", hint="", choices=(), small=True, required=False)
    sex = fields.SelectField(label="Sex", choices=SEXES, empty_text="Any", required=False)
    age = fields.IntegerField(
        label="Age of the person",
        called="the age",
        hint="In years.",
        min_value=1,
        max_value=OLDEST,
        width=3,
        required=False,
    )
    young = fields.CheckboxField(label="Only services for 18 to 25", required=False)
    place = fields.SelectField(
        label="Where the person is",
        hint="This does not include services that have not said where they work.",
        choices=PLACES,
        empty_text="Anywhere",
        required=False,
    )

    def __init__(self, *args: Any, areas: Sequence[PoliceArea], needs: Sequence[Need], **kwargs: Any) -> None:
        super().__init__(*args, auto_id="find-%s", **kwargs)
        self.fields["area"].choices = [(area.slug, area.name) for area in areas]  # type: ignore[attr-defined]
        self.fields["need"].choices = [(need.code, need.name) for need in needs]  # type: ignore[attr-defined]
