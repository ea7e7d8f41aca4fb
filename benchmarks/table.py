"""The table of a comparison: for each page milliseconds of both trees, their ratio, statements and calls."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import Any

from pages import Page


@dataclass(frozen=True, slots=True)
class PageCosts:
    """One page: what one look at each side showed (base first), and the requests of each round by side."""

    page: Page
    looks: tuple[dict[str, Any], dict[str, Any]]
    rounds: list[dict[str, list[list[float]]]]

    def milliseconds(self, side: str) -> list[float]:
        """Application and database together: the median request of each round."""
        return [median(own + database for own, database in asked[side]) for asked in self.rounds]

    def of_database(self, side: str) -> float:
        """Of these, what the database took."""
        return median(database for asked in self.rounds for _, database in asked[side])

    def ratios(self) -> list[float]:
        """This tree to the base, round by round."""
        return [
            here / base
            for here, base in zip(self.milliseconds("here"), self.milliseconds("base"), strict=True)
        ]


def print_costs(costs: list[PageCosts]) -> None:
    """As docs/performance.md takes it."""
    print(
        _row(
            "Page",
            "base ms",
            "here ms",
            "of it database",
            "ratio",
            "target",
            "",
            "statements",
            "calls, thousands",
        )
    )
    print(_row("---", *["---:"] * 5, "---", "---:", "---:"))
    for one in costs:
        ratio = median(one.ratios())
        base, here = one.looks
        print(
            _row(
                one.page.name,
                _spread(one.milliseconds("base")),
                _spread(one.milliseconds("here")),
                f"{one.of_database('base'):.1f} → {one.of_database('here'):.1f}",
                _spread(one.ratios(), digits=2),
                f"{one.page.at_most:.2f}",
                "reached" if ratio <= one.page.at_most else "missed",
                f"{base['statements']} → {here['statements']}",
                f"{base['calls'] / 1000:.1f} → {here['calls'] / 1000:.1f}",
            )
        )


def _spread(values: list[float], digits: int = 1) -> str:
    return f"{median(values):.{digits}f} ({min(values):.{digits}f}–{max(values):.{digits}f})"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
