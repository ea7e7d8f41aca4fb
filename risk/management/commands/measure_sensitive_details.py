"""``manage.py measure_sensitive_details``: how well the rules find, and how long they take."""

from __future__ import annotations

from argparse import ArgumentParser
from functools import cache
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from risk.sensitive_details.categories import Category
from risk.sensitive_details.known_words import KnownWords
from risk.sensitive_details.labelled_texts import LabelledText, read_texts
from risk.sensitive_details.measuring import (
    Figures,
    findings_in,
    measure,
    measure_spans,
    read_labelled,
    share_of_characters,
)
from risk.sensitive_details.scan import scan

CORPUS = Path(settings.BASE_DIR) / "tests/risk/sensitive_details/corpus"
SENTENCES = ("first_half", "unseen_half")
TEXTS = ("texts", "unseen_texts")
STYLES = ("plain", "hard")
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
    """Print figures that the docs take as they are. Prints no text, and no word of one."""

    help = "Print precision and recall of the rules for sensitive details on what readers labelled, and their time."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which files: whoever changes the rules measures those that may be read."""
        parser.add_argument(
            "--only", choices=(*TEXTS, *SENTENCES), action="append", help="only this file (all four)"
        )
        parser.add_argument("--times", type=int, default=TIMES, help="how often each long text is timed")
        parser.add_argument("--corpus", type=Path, default=CORPUS, help="the folder of the labelled files")

    def handle(self, *args: Any, **options: Any) -> None:
        """Measure each file, then the time of one long text."""
        chosen = options["only"] or (*TEXTS, *SENTENCES)
        for name in chosen:
            path = options["corpus"] / (f"{name}.txt" if name in TEXTS else f"{name}.csv")
            if not path.exists():
                raise CommandError(f"There are no labelled texts at {path}.")
            self.stdout.write(f"\n## {name.replace('_', ' ').capitalize()}\n")
            if name in TEXTS:
                self._write_spans(read_texts(path))
            else:
                self._write_figures(measure(read_labelled(path)))
        self._write_times(read_texts(options["corpus"] / f"{TEXTS[0]}.txt"), options["times"])

    def _write_spans(self, texts: list[LabelledText]) -> None:
        finds = cache(findings_in)  # each text is counted six times
        for title, of in [
            (f"All {len(texts)}", texts),
            *((style.capitalize(), [text for text in texts if text.style == style]) for style in STYLES),
        ]:
            self.stdout.write(f"\n{title}, by span\n")
            self._write_figures(measure_spans(of, finds=finds))
            whatever = measure_spans(of, any_category=True, finds=finds)
            self.stdout.write(
                f"Where any category counts: precision {whatever.precision():.3f}, recall {whatever.recall():.3f}. "
                f"Of the characters found, {share_of_characters(of, finds):.3f} are labelled."
            )

    def _write_figures(self, figures: Figures) -> None:
        self.stdout.write("\n| Category | found | missed | recall | right | wrong | precision |")
        self.stdout.write("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
        for name, categories in [*((one.label, (one,)) for one in Category), ("All", tuple(Category))]:
            found, missed, right, wrong = (
                sum(count[one] for one in categories)
                for count in (figures.found, figures.missed, figures.right, figures.wrong)
            )
            self.stdout.write(
                f"| {name} | {found} | {missed} | {figures.recall(categories):.3f}"
                f" | {right} | {wrong} | {figures.precision(categories):.3f} |"
            )
        self.stdout.write("")

    def _write_times(self, texts: list[LabelledText], times: int) -> None:
        self.stdout.write(
            f"\n{LENGTH:,} characters, milliseconds of processor time in {times} runs: least, median, most\n\n"
        )
        self._write_time("Such texts", " ".join(labelled.text for labelled in texts), times)
        for name, text in SLOW.items():
            self._write_time(name, text * LENGTH, times)

    def _write_time(self, name: str, text: str, times: int) -> None:
        known = KnownWords.of()
        scan(text[:LENGTH], known)
        taken = []
        for _ in range(times):
            started = process_time()
            scan(text[:LENGTH], known)
            taken.append((process_time() - started) * 1000)
        self.stdout.write(f"| {name} | {min(taken):.0f} | {median(taken):.0f} | {max(taken):.0f} |")
