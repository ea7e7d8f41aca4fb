"""Reads figures as Prometheus would."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from prometheus_client import REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector

Labels = dict[str, str]


def figure(name: str, **labels: str) -> float:
    """One figure of this process; 0 when it was never counted."""
    return REGISTRY.get_sample_value(name, labels) or 0.0


@contextmanager
def counting(name: str, **labels: str) -> Iterator[Callable[[], float]]:
    """By how much a figure has grown since."""
    before = figure(name, **labels)
    yield lambda: figure(name, **labels) - before


def told_by(*collectors: Collector) -> list[tuple[str, Labels, float]]:
    """Everything that these collectors tell, as it would be read."""
    registry = CollectorRegistry()
    for collector in collectors:
        registry.register(collector)
    return read(generate_latest(registry).decode())


def read(text: str) -> list[tuple[str, Labels, float]]:
    """Every sample of a page of figures: its name, labels and value."""
    return [
        (sample.name, sample.labels, sample.value)
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    ]
