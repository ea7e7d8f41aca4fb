"""Figures say nothing about anybody: each label is a word that stands in this code, whatever was asked for."""

from __future__ import annotations

import contextlib
import re
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.test import Client
from prometheus_client.metrics import MetricWrapperBase

from accounts.models import User
from events import outbox
from events.crn import CRN_IN_TEXT
from events.models import OutboxEntry
from events.tasks import deliver, sweep
from integrations import failures, metrics
from integrations.ndelius import client as ndelius
from integrations.oasys import client as oasys
from monitoring.rules.stages import OPEN
from refer_monitor.celery import app as celery
from refer_monitor.health import CHECKS
from refer_monitor.metrics import background_work, database_pool, queues, requests, state
from tests.addresses import addresses
from tests.canary.sweeping import every_address, figures
from tests.factories.referrals import a_draft
from tests.metrics import read
from upstream_stub import adapter
from upstream_stub.faults import Effect, Fault

CRN = "X980010"
ID = UUID("6f1d2c3b-0000-4000-8000-00000000c0de")
SYSTEMS = {name.lower() for name in settings.UPSTREAM_SYSTEMS} | {"domain_events"}
#: Whose texts are names in the source.
NAME = re.compile(r"[a-z_]+( [a-z_]+)*")


def _outcomes(kind: type[failures.UpstreamFailure] = failures.UpstreamFailure) -> set[str]:
    return {kind.outcome}.union(*map(_outcomes, kind.__subclasses__()))


@pytest.fixture
def counted_anew() -> None:
    """Nothing is left of what other tests have counted."""
    modules = (metrics, requests, background_work, database_pool)
    for figure in (value for module in modules for value in vars(module).values()):
        if isinstance(figure, MetricWrapperBase):
            figure.clear()


def _vocabulary() -> dict[str, set[str]]:
    return {
        "view": {name for name, _ in addresses()} | {requests.NO_VIEW},
        "status": {f"{number}xx" for number in range(1, 6)},
        "system": SYSTEMS,
        "outcome": _outcomes()
        | {metrics.ANSWERED, metrics.LEFT_ALONE, metrics.WITHOUT_TOKEN}
        | {"done", "failed"},
        "calls": {"reads", "writes"},
        "task": {*celery.tasks, *background_work.scheduled()},
        "kind": {*outbox.HANDLERS},
        "stage": {*OPEN},
        "queue": queues.queue_names(),
        "part": {*CHECKS, *state.PARTS},
        "database": {*settings.DATABASES},
        "state": {"in use", "free", "active", "idle", "idle in transaction", "unknown"},
    }


@pytest.mark.slow
def test_every_label_is_a_word_of_this_code(counted_anew: None, personas: dict[str, User]) -> None:
    # Given addresses, questions and background work that name a person and a case
    a_draft(personas["pp"])
    client = Client(raise_request_exception=False)
    for url in [*every_address(), f"/nothing/{CRN}/{ID}", f"/{CRN}"]:
        client.get(url, {"crn": CRN}, headers={"X-Request-Id": f"{ID}", "User-Agent": CRN})
    client.post(f"/service-provider/referrals/{ID}", {"crn": CRN})
    for fault in (
        None,
        Fault(Effect.STATUS, status=500),
        Fault(Effect.STATUS, status=403, body={"userMessage": CRN}),
    ):
        adapter.state().faults[:] = [fault] if fault else []
        with contextlib.suppress(failures.UpstreamFailure):
            ndelius.person(CRN)
        oasys.risk(CRN)
    OutboxEntry.objects.create(kind="ndelius.referral", key=f"{CRN} {ID}", referral=ID, receiver=CRN)
    deliver.delay(str(uuid4()))
    sweep.delay()

    # When the figures are read
    text = figures()

    # Then no label says whom it was about
    vocabulary = _vocabulary()
    ours = [labels for name, labels, _ in read(text) if name.startswith("refer_monitor_")]
    strange = {
        (label, value)
        for labels in ours
        for label, value in labels.items()
        if label != "le" and not _is_known(label, value, vocabulary)
    }
    assert strange == set()
    assert len({labels["view"] for labels in ours if "view" in labels}) > 100
    assert {"system", "operation", "task", "kind", "stage", "part"} <= {
        label for labels in ours for label in labels
    }
    assert CRN_IN_TEXT.search(text) is None
    assert str(ID) not in text


def _is_known(label: str, value: str, vocabulary: dict[str, set[str]]) -> bool:
    return bool(NAME.fullmatch(value)) if label == "operation" else value in vocabulary[label]
