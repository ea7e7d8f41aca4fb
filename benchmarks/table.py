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
    for page_costs in costs:
        ratio = median(page_costs.ratios())
        base, here = page_costs.looks
        print(
            _row(
                page_costs.page.name,
                _spread(page_costs.milliseconds("base")),
                _spread(page_costs.milliseconds("here")),
                f"{page_costs.of_database('base'):.1f} → {page_costs.of_database('here'):.1f}",
                _spread(page_costs.ratios(), digits=2),
                f"{page_costs.page.at_most:.2f}",
                "reached" if ratio <= page_costs.page.at_most else "missed",
                f"{base['statements']} → {here['statements']}",
                f"{base['calls'] / 1000:.1f} → {here['calls'] / 1000:.1f}",
            )
        )


def _spread(values: list[float], digits: int = 1) -> str:
    return f"{median(values):.{digits}f} ({min(values):.{digits}f}–{max(values):.{digits}f})"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
