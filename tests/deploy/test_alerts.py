"""The alerts: written as Prometheus reads them, about metrics that there are, each explained, and each firing when it
should.

Whether they fire is asked of Prometheus' own promtool, where there is one: ``.ci/run`` fetches it from Debian.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import promql_parser
import pytest
import yaml
from prometheus_client.metrics import MetricWrapperBase
from pydantic import BaseModel, ConfigDict, Field

from integrations import metrics
from refer_monitor.metrics import background_work, database_pool, requests, state
from tests.metrics import told_by

ROOT = Path(__file__).resolve().parent.parent.parent
RULES = ROOT / "deploy" / "alerts" / "refer-monitor.yaml"
DURATION = r"^\d+(s|m|h|d)$"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Labels(_Strict):
    """What is said to whoever is told."""

    severity: Literal["page", "ticket"]


class Annotations(_Strict):
    """In one sentence, without a name of one installation."""

    summary: str = Field(min_length=10, max_length=150)


class Rule(_Strict):
    """One alert."""

    alert: str = Field(pattern=r"^[A-Z][A-Za-z]+$")
    expr: str
    duration: str | None = Field(alias="for", default=None, pattern=DURATION)
    labels: Labels
    annotations: Annotations


class Group(_Strict):
    """Rules that are looked at together."""

    name: str
    rules: list[Rule]


class File(_Strict):
    """A rule file of Prometheus, as far as we use its format."""

    groups: list[Group]


def _rules() -> list[Rule]:
    return [
        rule
        for group in File.model_validate(yaml.safe_load(RULES.read_text())).groups
        for rule in group.rules
    ]


ALERTS = [pytest.param(rule, id=rule.alert) for rule in _rules()]


# --- Written as Prometheus reads them, about metrics that there are -----------------------------------


#: On PostgreSQL, and where something has run.
TOLD_ELSEWHERE: dict[str, set[str]] = {
    "refer_monitor_database_connections": {"state"},
    "refer_monitor_database_connections_most": set(),
    "refer_monitor_scheduled_done_seconds": {"task"},
}


def _told() -> dict[str, set[str]]:
    """Every metric that is told, with its labels; by the names that an expression may use."""
    modules = (metrics, requests, background_work, database_pool)
    figures = {
        figure
        for module in modules
        for figure in vars(module).values()
        if isinstance(figure, MetricWrapperBase)
    }
    told = {}
    for figure in figures:
        labels = set(figure._labelnames)
        match figure._type:
            case "counter":
                told[f"{figure._name}_total"] = labels
            case "histogram":
                told |= {f"{figure._name}_{part}": labels for part in ("count", "sum")}
                told[f"{figure._name}_bucket"] = labels | {"le"}
            case _:
                told[figure._name] = labels
    for name, labels, _ in told_by(state.WholeService()):
        told[name] = set(labels)
    return told | TOLD_ELSEWHERE


@dataclass
class Used:
    """What an expression reads and groups by."""

    metrics: dict[str, set[str]]
    labels: set[str]


def _used(expression: str) -> Used:
    used = Used({}, set())

    def visit(node: Any) -> None:
        if isinstance(node, promql_parser.MatrixSelector):
            node = node.vector_selector
        if isinstance(node, promql_parser.VectorSelector):
            used.metrics.setdefault(node.name, set()).update(m.name for m in node.matchers.matchers)
        if isinstance(node, promql_parser.AggregateExpr) and node.modifier is not None:
            used.labels.update(node.modifier.labels)

    promql_parser.walk(promql_parser.parse(expression), visit)
    return used


@pytest.mark.django_db
@pytest.mark.parametrize("rule", ALERTS)
def test_an_alert_is_about_metrics_that_are_told(rule: Rule) -> None:
    told, used = _told(), _used(rule.expr)
    assert used.metrics
    for name, labels in used.metrics.items():
        assert name in told, f"nothing tells {name}"
        assert labels <= told[name]
    there = set().union(*(told[name] for name in used.metrics))
    assert used.labels <= there
    said = set(re.findall(r"\$labels\.(\w+)", rule.annotations.summary))
    assert said <= used.labels, "what is added up has no label left to say"


def test_a_wrong_name_or_expression_would_be_found() -> None:
    assert _used('sum by (a) (rate(x_total{b="c"}[5m])) / on () y offset 1d > 1').metrics == {
        "x_total": {"b"},
        "y": set(),
    }
    with pytest.raises(ValueError, match="invalid"):
        promql_parser.parse("rate(x_total) >")


def test_no_alert_has_two_rules() -> None:
    names = [rule.alert for rule in _rules()]
    assert len(names) == len(set(names)) > 10


# --- Each explained ------------------------------------------------------------------------------------


def _explained() -> dict[str, str]:
    """The paragraph of each alert in the guide to running the service."""
    guide = (ROOT / "docs" / "operations.md").read_text()
    section = guide.partition("\n## Alerts\n")[2].partition("\n## ")[0]
    return dict(re.findall(r"^### (\w+)\n\n(.+?)(?=\n### |\Z)", section, re.MULTILINE | re.DOTALL))


def test_each_alert_is_explained_under_its_name_in_the_same_order() -> None:
    assert [*_explained()] == [rule.alert for rule in _rules()]


@pytest.mark.parametrize("alert", [*_explained()])
def test_an_explanation_says_what_it_means_and_what_to_do(alert: str) -> None:
    assert len(re.findall(r"[.:] ", f"{_explained()[alert]} ")) >= 2


@pytest.mark.django_db
def test_every_metric_is_explained_too() -> None:
    guide = (ROOT / "docs" / "operations.md").read_text().partition("\n## Metrics\n")[2].partition("\n## ")[0]
    named = set(re.findall(r"`(refer_monitor_\w+)`", guide))
    assert {re.sub(r"_(count|sum|bucket)$", "", name) for name in _told()} == named


# --- Each firing when it should ---------------------------------------------------------------------------

SITUATIONS: dict[str, dict[str, dict[str, str]]] = yaml.safe_load(
    Path(__file__).with_name("alert_situations.yaml").read_text()
)
A_DAY_BEFORE = {"ManyMoreCasesOverdue": "1680m"}


def test_a_situation_is_told_for_each_alert() -> None:
    assert [*SITUATIONS] == [rule.alert for rule in _rules()]


def _tests() -> Iterator[dict[str, Any]]:
    """Promtool's own tests, one for each situation."""
    for alert, situations in SITUATIONS.items():
        for situation, samples in (("fires", [{"labels": "{}", "value": 1}]), ("quiet", [])):
            series = situations[situation]
            yield {
                "interval": "1m",
                "input_series": [{"series": name, "values": values} for name, values in series.items()],
                "promql_expr_test": [
                    {
                        "expr": f'count(ALERTS{{alertname="{alert}",alertstate="firing"}})',
                        "eval_time": A_DAY_BEFORE.get(alert, "120m"),
                        "exp_samples": samples,
                    }
                ],
            }


@pytest.mark.thorough
def test_each_alert_fires_when_it_should_and_not_when_it_should_not(tmp_path: Path) -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("needs promtool, from Debian's package prometheus")
    tests = {"rule_files": [str(RULES)], "evaluation_interval": "2m", "tests": [*_tests()]}
    (tmp_path / "tests.yaml").write_text(yaml.safe_dump(tests))
    for command in (["check", "rules", str(RULES)], ["test", "rules", "tests.yaml"]):
        ran = subprocess.run([promtool, *command], cwd=tmp_path, capture_output=True, text=True, timeout=300)
        assert ran.returncode == 0, f"{ran.stdout}{ran.stderr}"
