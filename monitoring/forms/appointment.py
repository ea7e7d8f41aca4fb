"""When, how and where people meet. The rules themselves: ``monitoring.rules.appointments``."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils import timezone

from govuk.choices import Choice
from govuk.conditions import If
from govuk.fields import (
    CheckboxesField,
    CodeField,
    DateField,
    HiddenField,
    IntegerField,
    RadiosField,
    SelectField,
    TextAreaField,
    TextField,
)
from govuk.forms import Form
from interventions.models import ProbationOffice
from monitoring.forms.crossing import CrossingForm
from monitoring.forms.form_key import FormKeyField
from monitoring.models import Appointment, AskedBy, Method
from monitoring.rules import appointments as rules
from monitoring.rules.appointments import Arrangement, Change, Clock, Half
from monitoring.rules.several_sessions import MOST_AT_ONCE, days_from

GROUP, ONE_TO_ONE = "GROUP", "ONE_TO_ONE"
SKIPPED = "This time does not exist on that day, because the clocks go forward. Enter a different time"


class ArrangeForm(CrossingForm):
    """One appointment. ``is_session`` asks whether it is a group; ``replaces`` asks who wanted the change, and why."""

    date = DateField(label="Date", called="the date")
    hour = IntegerField(
        label="Hour",
        called="the hour of the start",
        min_value=1,
        max_value=12,
        width=2,
        error_messages={"out_of_range": "Hour must be between 1 and 12. Then select am or pm"},
    )
    minute = IntegerField(
        label="Minute", called="the minute of the start", min_value=0, max_value=59, width=2
    )
    half = SelectField(
        label="am or pm",
        called="whether the start is am or pm",
        empty_text="Select",
        choices=[(half.value, half.value) for half in Half],
    )
    hours = IntegerField(label="Hours", called="the hours", max_value=24, width=2, required=False)
    minutes = IntegerField(
        label="Minutes", called="the minutes", max_value=rules.LONGEST, width=3, required=False
    )
    kind = RadiosField(
        label="Type of session",
        called="the type of session",
        choices=[(ONE_TO_ONE, "One to one"), (GROUP, "Group session")],
    )
    method = RadiosField(
        label="How will you meet?",
        called="how you will meet",
        choices=[(method.value, method.label) for method in Method],
    )
    office = SelectField(
        label="Probation office",
        called="a probation office",
        empty_text="Select a probation office",
        choices=[],
    )
    address_line_1 = TextField(label="Address line 1", called="address line 1", max_length=200)
    address_line_2 = TextField(label="Address line 2 (optional)", max_length=200, required=False)
    address_town = TextField(
        label="Town or city (optional)", max_length=200, required=False, width="two-thirds"
    )
    address_county = TextField(label="County (optional)", max_length=200, required=False, width="two-thirds")
    address_postcode = CodeField(label="Postcode", called="the postcode", max_length=20, width=10)
    asked_by = RadiosField(
        label="Who asked for the change?",
        called="who asked for the change",
        choices=[
            (AskedBy.SERVICE_PROVIDER.value, "The service provider"),
            Choice(AskedBy.PERSON_ON_PROBATION.value, "{person}"),
        ],
    )
    reason = TextAreaField(
        label="Why are you changing the appointment?",
        called="why you are changing the appointment",
        error_messages={"required": "Enter why you are changing the appointment"},
    )
    form_key = FormKeyField()
    in_place_of = HiddenField(required=False, max_length=36)

    class Meta:
        conditions = (
            If("method", Method.OFFICE, then=("office",)),
            If(
                "method",
                Method.ELSEWHERE,
                then=(
                    "address_line_1", "address_line_2", "address_town", "address_county", "address_postcode",
                ),
            ),
        )  # fmt: skip

    def __init__(
        self,
        *args: Any,
        sent_at: datetime.datetime,
        offices: Iterable[ProbationOffice],
        is_session: bool,
        replaces: Appointment | None,
        **kwargs: Any,
    ) -> None:
        if replaces is not None:
            kwargs.setdefault("initial", initial_of(replaces))
        super().__init__(*args, **kwargs)
        self.sent_at = sent_at
        self.replaces = replaces
        today = timezone.localdate()
        latest = rules.latest_day(today)
        self.fields["date"].hint = f"For example, {today.day} {today.month} {today.year}."  # type: ignore[attr-defined]
        self.fields["date"].hint += f" Not after {latest.day} {latest:%B %Y}."  # type: ignore[attr-defined]
        self.fields["office"].choices = [(office.pk, office.name) for office in offices]  # type: ignore[attr-defined]
        if not is_session:
            del self.fields["kind"]
        if replaces is None:
            self.fields.pop("asked_by", None)
            self.fields.pop("reason", None)

    # --- Rules

    def clean_date(self) -> datetime.date:
        """Within the days that are allowed."""
        day: datetime.date = self.cleaned_data["date"]
        problem = rules.wrong_day(day, sent_at=self.sent_at, today=timezone.localdate())
        if problem:
            raise ValidationError(problem)
        return day

    def clean_in_place_of(self) -> UUID | None:
        """The appointment that the page showed as the current one."""
        typed = self.cleaned_data["in_place_of"]
        try:
            return UUID(typed) if typed else None
        except ValueError:
            raise ValidationError("Part of this page was not sent. Reload the page and try again") from None

    def clean_address_postcode(self) -> str:
        """In capitals, with its space."""
        typed: str = self.cleaned_data["address_postcode"]
        normalised = rules.normalised_postcode(typed)
        if not normalised:
            raise ValidationError("Enter a full UK postcode, like SW1A 1AA")
        return normalised

    def clean(self) -> dict[str, Any]:
        """What only shows when the boxes are read together: the time on that day, and the length."""
        said = self.cleaned_data
        moment = self._time()
        if "date" in said and moment is not None and rules.clock_at(said["date"], moment) is Clock.SKIPPED:
            self.add_error("hour", SKIPPED)
        if "hours" in said and "minutes" in said:
            problem = rules.wrong_length(rules.total_minutes(said["hours"], said["minutes"]))
            if problem:
                self.add_error("hours", problem)
        return said

    def _time(self) -> datetime.time | None:
        said = self.cleaned_data
        if not {"hour", "minute", "half"} <= said.keys():
            return None
        return rules.on_24_hours(said["hour"], said["minute"], Half(said["half"]))

    # --- What was said

    @property
    def arrangement(self) -> Arrangement:
        """The appointment; of a valid form."""
        said, moment = self.cleaned_data, self._time()
        assert moment is not None
        return Arrangement(
            starts_at=rules.moment_at(said["date"], moment),
            minutes=rules.total_minutes(said["hours"], said["minutes"]) or 0,
            method=Method(said["method"]),
            is_group=said.get("kind") == GROUP,
            office_id=int(said["office"]) if said["office"] else None,
            **{
                name: said[name]
                for name in (
                    "address_line_1", "address_line_2", "address_town", "address_county", "address_postcode",
                )
            },
        )  # fmt: skip

    @property
    def is_twice(self) -> bool:
        """Whether the clock shows this time twice that day; then the earlier one is meant."""
        moment = self._time()
        return moment is not None and rules.clock_at(self.cleaned_data["date"], moment) is Clock.TWICE

    @property
    def change(self) -> Change | None:
        """Who asked for the change, and why; None for a first appointment."""
        if self.replaces is None:
            return None
        return Change(AskedBy(self.cleaned_data["asked_by"]), self.cleaned_data["reason"])

    def answers(self) -> dict[str, str]:
        """What was typed in, by the names of the boxes: for a page that carries it on."""
        boxes = [name for name in self.fields if name != "date"] + [
            f"date_{part}" for part in DateField.PARTS
        ]
        return {name: self.data[name] for name in boxes if name in self.data}


class ArrangeSeveralForm(ArrangeForm):
    """The first of several sessions, how often they are, and how many. None of them replaces another."""

    asked_by = reason = None  # type: ignore[assignment]
    weeks = RadiosField(
        label="How often?",
        called="how often the sessions are",
        choices=[("1", "Every week"), ("2", "Every 2 weeks")],
    )
    how_many = IntegerField(
        label="How many sessions?",
        called="how many sessions you want to arrange",
        min_value=1,
        max_value=MOST_AT_ONCE,
        width=2,
        error_messages={"out_of_range": f"The number of sessions must be between 1 and {MOST_AT_ONCE}"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, is_session=True, replaces=None, **kwargs)
        self.fields["date"].label = "Date of the first session"
        self.fields["date"].called = "the date of the first session"  # type: ignore[attr-defined]

    @property
    def dates(self) -> list[datetime.date]:
        """Every date that was asked for; of a valid form."""
        said = self.cleaned_data
        return days_from(said["date"], weeks=int(said["weeks"]), count=said["how_many"])


class ChooseDatesForm(Form):
    """Which of the dates to keep. Their places in the series are the values."""

    dates = CheckboxesField(
        label="Dates to arrange",
        called="at least one date",
        hint="Clear the box beside any date you do not want.",
        choices=[],
    )

    def __init__(self, *args: Any, dates: Sequence[Choice], **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"dates": [one.value for one in dates]})
        super().__init__(*args, **kwargs)
        self.fields["dates"].choices = dates  # type: ignore[attr-defined]


def initial_of(appointment: Appointment) -> dict[str, Any]:
    """The boxes as an appointment fills them."""
    local = timezone.localtime(appointment.starts_at)
    hour, minute, half = rules.on_12_hours(local.time())
    return {
        "date": local.date(),
        "hour": hour,
        "minute": f"{minute:02}",
        "half": half.value,
        "hours": appointment.minutes // 60,
        "minutes": appointment.minutes % 60,
        "kind": GROUP if appointment.is_group else ONE_TO_ONE,
        "method": appointment.method,
        "office": appointment.office_id,
        "address_line_1": appointment.address_line_1,
        "address_line_2": appointment.address_line_2,
        "address_town": appointment.address_town,
        "address_county": appointment.address_county,
        "address_postcode": appointment.address_postcode,
        "in_place_of": str(appointment.pk),
    }
