"""Folded fields follow what they are made of, whichever way a row is written; and every name that is listed has one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.apps import apps
from django.db import connection, models
from django.db.models import Value
from django.db.models.functions import Concat
from django.test.utils import CaptureQueriesContext

from accounts import folded as module
from accounts.folded import FoldedField, FoldedQuerySet, FoldedTextField, KeepsFolded, fold
from accounts.models import Provider, User
from interventions.models import Contract, ProbationOffice, ProbationRegion
from tests.factories.accounts import PractitionerFactory
from tests.factories.monitoring import a_contract

pytestmark = pytest.mark.django_db


def _saved(row: Provider) -> None:
    row.name = "Élan"
    row.save()


def _saved_in_part(row: Provider) -> None:
    row.name = "Élan"
    row.save(update_fields=["name"])


def _saved_after_loading_in_part(row: Provider) -> None:
    part = Provider.objects.only("name").get(pk=row.pk)
    part.name = "Élan"
    part.save()


def _updated(row: Provider) -> None:
    Provider.objects.filter(pk=row.pk).update(name="Élan")


def _updated_so_that_it_is_no_longer_found(row: Provider) -> None:
    Provider.objects.filter(name="Before").update(name="Élan")


def _updated_in_the_database(row: Provider) -> None:
    Provider.objects.filter(pk=row.pk).update(name=Concat(Value("Éla"), Value("n")))


def _updated_in_bulk(row: Provider) -> None:
    row.name = "Élan"
    Provider.objects.bulk_update([row], ["name"])


def _updated_or_created(row: Provider) -> None:
    Provider.objects.update_or_create(code=row.code, defaults={"name": "Élan"})


def _brought_in_again(row: Provider) -> None:
    again = Provider(code=row.code, name="Élan")
    Provider.objects.bulk_create(
        [again], update_conflicts=True, update_fields=["name"], unique_fields=["code"]
    )


@pytest.mark.parametrize(
    "write",
    [
        _saved,
        _saved_in_part,
        _saved_after_loading_in_part,
        _updated,
        _updated_so_that_it_is_no_longer_found,
        _updated_in_the_database,
        _updated_in_bulk,
        _updated_or_created,
        _brought_in_again,
    ],
)
def test_whichever_way_a_row_is_written(write: Callable[[Provider], None]) -> None:
    row = Provider.objects.create(code="BEFORE", name="Before")
    other = Provider.objects.create(code="OTHER", name="Öther")

    write(row)

    row, other = Provider.objects.get(pk=row.pk), Provider.objects.get(pk=other.pk)
    assert (row.name, row.name_folded) == ("Élan", "elan")
    assert other.name_folded == "other"


def test_rows_made_in_bulk() -> None:
    Provider.objects.bulk_create([Provider(code="A", name="Ŵyn"), Provider(code="B", name="Łódź")])

    assert {*Provider.objects.values_list("name_folded", flat=True)} >= {"wyn", "lodz"}


@pytest.mark.usefixtures("empty_tables")
@pytest.mark.parametrize(
    ("names", "as_sorted"),
    [
        pytest.param(("Siân", "O’Neill", "a.b"), "oneill sian a b", id="last name first"),
        pytest.param(("", "", "sp.caseworker"), "sp caseworker", id="somebody without a name"),
    ],
)
def test_people_sort_by_last_name_then_first_then_user_name(
    names: tuple[str, str, str], as_sorted: str
) -> None:
    user = PractitionerFactory()
    first, last, username = names

    User.objects.filter(pk=user.pk).update(first_name=first, last_name=last, username=username)

    assert User.objects.get(pk=user.pk).name_folded == as_sorted


def test_a_change_of_something_else_costs_one_statement() -> None:
    row = Provider.objects.create(code="A", name="Ŵyn")
    with CaptureQueriesContext(connection) as queries:
        Provider.objects.filter(pk=row.pk).update(is_active=False)

    assert len(queries) == 1


def test_rows_that_are_there_already_are_written_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a migration does when the rule changes, in batches; rows that are right stay as they are."""
    monkeypatch.setattr(module, "A_BATCH", 2)
    contracts = [a_contract() for _ in range(5)]
    wrong = [contract.pk for contract in contracts[1:]]
    Contract._base_manager.filter(pk__in=wrong)._update(
        [(Contract._meta.get_field("title_folded"), None, "wrong")]
    )

    assert fold(Contract._base_manager.all(), ["title_folded", "words_folded"]) == 4

    assert not Contract.objects.filter(title_folded="wrong").exists()
    assert fold(Contract._base_manager.all(), ["title_folded", "words_folded"]) == 0


# --- Lists ------------------------------------------------------------------------------------------

NAMES = [
    "Älva",
    "van der Berg",
    "Vander Aa",
    "O’Neill",
    "Onslow",
    "Łódź",
    "Lundy",
    "zebra",
    "Zoë",
    "Åse",
    "émile",
]
IN_ORDER = [
    "Älva",
    "Åse",
    "émile",
    "Łódź",
    "Lundy",
    "O’Neill",
    "Onslow",
    "van der Berg",
    "Vander Aa",
    "zebra",
    "Zoë",
]


def test_both_databases_sort_alike(empty_tables: None) -> None:
    """Spaces count, as they do on SQLite; the collations of most PostgreSQL databases pass over them."""
    Provider.objects.bulk_create(Provider(code=str(number), name=name) for number, name in enumerate(NAMES))

    assert [*Provider.objects.values_list("name", flat=True)] == IN_ORDER


def test_offices_are_listed_by_the_rule(empty_tables: None) -> None:
    region = ProbationRegion.objects.first() or ProbationRegion.objects.create(code="A", name="North")
    ProbationOffice.objects.bulk_create(
        ProbationOffice(register_id=9000 + number, name=name, address="1 High Street", region=region)
        for number, name in enumerate(NAMES)
    )

    listed = ProbationOffice.objects.in_use().filter(register_id__gte=9000)

    assert [*listed.values_list("name", flat=True)] == IN_ORDER


def test_staff_are_listed_by_the_rule() -> None:
    people = [PractitionerFactory(first_name="Ann", last_name=name) for name in NAMES]

    listed = User.objects.filter(pk__in=[one.pk for one in people]).order_by("name_folded", "pk")

    assert [one.last_name for one in listed] == IN_ORDER


# --- Nothing is left out ----------------------------------------------------------------------------

OURS = ("accounts", "events", "interventions", "monitoring", "referrals", "risk")
#: Names in an order of their own: copies as they were on the day, and steps from low to high.
BY_POSITION = {
    "monitoring.ReceivedService",
    "monitoring.ReceivedCriminogenicNeed",
    "interventions.ComplexityLevel",
}
#: Names that no page lists: the team that nDelius named somebody in is only compared with that of a colleague.
ONLY_COMPARED = {"referrals.TeamInNdelius"}


def _our_models() -> list[type[models.Model]]:
    return [model for app in OURS for model in apps.get_app_config(app).get_models()]


def _folded(model: type[models.Model]) -> list[models.Field]:
    return [
        field for field in model._meta.concrete_fields if isinstance(field, FoldedField | FoldedTextField)
    ]


def test_a_model_with_a_name_sorts_by_it_folded() -> None:
    named = [
        model for model in _our_models() if {"name", "title"} & {field.name for field in model._meta.fields}
    ]

    without = {model._meta.label for model in named if not _folded(model)} - BY_POSITION - ONLY_COMPARED
    assert not without
    assert len(named) > 8


def test_no_list_is_sorted_by_a_name_as_it_is_written() -> None:
    ordered = {model._meta.label: [str(one) for one in model._meta.ordering] for model in _our_models()}

    names = ("name", "title", "first_name", "last_name")
    assert not {
        label for label, order in ordered.items() for one in order if one.lstrip("-").split("__")[-1] in names
    }


@pytest.mark.parametrize("model", [model for model in _our_models() if _folded(model)], ids=str)
def test_a_model_with_folded_fields_keeps_them(model: type[models.Model]) -> None:
    assert issubclass(model, KeepsFolded)
    manager = model._default_manager
    rows = manager.unscoped() if hasattr(manager, "unscoped") else manager.all()
    assert isinstance(rows, FoldedQuerySet)
