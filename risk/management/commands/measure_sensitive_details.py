"""``manage.py measure_sensitive_details``: how well the rules find, and how long they take."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from risk.sensitive_details.categories import Category
from risk.sensitive_details.known_words import KnownWords
from risk.sensitive_details.measuring import Figures, measure, read_labelled
from risk.sensitive_details.scan import scan

CORPUS = Path(settings.BASE_DIR) / "tests/risk/sensitive_details/corpus"
HALVES = ("first_half", "unseen_half")
LENGTH = 4000  # characters
TIMES = 15
#: The slowest that tests/risk/sensitive_details/test_speed.py knows of.
SLOW = {
    "Nothing but telephone numbers": "07700 900123 ",
    "Nothing but digits and slashes": "1/",
    "Nothing but initials": "J. ",
    "Nothing but capitals": "A ",
}


class Command(BaseCommand):
    """Print figures that the docs take as they are. Prints no sentence, and no word of one."""

    help = "Print precision and recall of the rules for sensitive details on the labelled sentences, and their time."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which half: whoever changes the rules measures the first one only."""
        parser.add_argument("--half", choices=HALVES, action="append", help="only this half (both)")
        parser.add_argument("--corpus", type=Path, default=CORPUS, help="the folder of labelled sentences")

    def handle(self, *args: Any, **options: Any) -> None:
        """Measure each half, then the time of one long text."""
        for half in options["half"] or HALVES:
            path = options["corpus"] / f"{half}.csv"
            if not path.exists():
                raise CommandError(f"There are no labelled sentences at {path}.")
            sentences = read_labelled(path)
            self.stdout.write(f"{half.replace('_', ' ').capitalize()}: {len(sentences)} sentences\n\n")
            self._write_figures(measure(sentences))
        self.stdout.write(
            f"{LENGTH:,} characters, milliseconds of processor time in {TIMES} runs: least, median, most\n\n"
        )
        first = read_labelled(options["corpus"] / f"{HALVES[0]}.csv")
        self._write_time("Such sentences", " ".join(labelled.sentence for labelled in first))
        for name, text in SLOW.items():
            self._write_time(name, text * LENGTH)

    def _write_figures(self, figures: Figures) -> None:
        self.stdout.write("| Category | right | wrong | missed | precision | recall |")
        self.stdout.write("| --- | ---: | ---: | ---: | ---: | ---: |")
        for name, categories in [*((one.label, (one,)) for one in Category), ("All", tuple(Category))]:
            counts = [
                sum(count[one] for one in categories)
                for count in (figures.right, figures.wrong, figures.missed)
            ]
            shares = [f"{figures.precision(categories):.3f}", f"{figures.recall(categories):.3f}"]
            self.stdout.write(f"| {' | '.join([name, *map(str, counts), *shares])} |")
        self.stdout.write("")

    def _write_time(self, name: str, text: str) -> None:
        known = KnownWords.of()
        scan(text[:LENGTH], known)
        taken = []
        for _ in range(TIMES):
            started = process_time()
            scan(text[:LENGTH], known)
            taken.append((process_time() - started) * 1000)
        self.stdout.write(f"| {name} | {min(taken):.0f} | {median(taken):.0f} | {max(taken):.0f} |")
