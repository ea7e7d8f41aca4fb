"""The filters of our Jinja templates. Knows how dates and text are written on pages, nothing else."""

import datetime
import re
from collections.abc import Callable
from typing import Any

from django.utils import timezone
from markupsafe import Markup, escape

_PARAGRAPH = '<p class="govuk-body rm-text" data-user-text>{}</p>'
BLANK_LINES = re.compile(r"\n[ \t]*\n\s*?")


def date(value: datetime.date | datetime.datetime | None) -> str:
    """ "21 June 2021", in UK time; nothing for None."""
    if value is None:
        return ""
    day = _local(value)
    return f"{day.day} {day:%B %Y}"


def short_date(value: datetime.date | datetime.datetime | None) -> str:
    """ "21 Jun 2021", in UK time, for tables: its spaces do not break, so it stays on one line; nothing for None."""
    if value is None:
        return ""
    day = _local(value)
    return unbroken(f"{day.day} {day:%b} {day.year}")


def unbroken(text: str) -> str:
    """The same words, to stand on one line."""
    return text.replace(" ", "\N{NO-BREAK SPACE}")


def time(value: datetime.datetime | datetime.time | None) -> str:
    """ "4:05pm", "4pm", "midday" or "midnight", in UK time; nothing for None."""
    if value is None:
        return ""
    moment = _local(value) if isinstance(value, datetime.datetime) else value
    if (moment.hour, moment.minute) in ((0, 0), (12, 0)):
        return "midnight" if moment.hour == 0 else "midday"
    minutes = f":{moment.minute:02}" if moment.minute else ""
    return f"{moment.hour % 12 or 12}{minutes}{'am' if moment.hour < 12 else 'pm'}"


def date_time(value: datetime.datetime | None) -> str:
    """ "21 June 2021 at 4:05pm", in UK time; nothing for None."""
    return "" if value is None else f"{date(value)} at {time(value)}"


def paragraphs(value: str | None) -> Markup:
    """Somebody's own text as they laid it out: escaped, blank lines apart paragraphs, line breaks kept."""
    text = (value or "").replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    if "\n" not in text:  # most are one line
        return Markup(_PARAGRAPH.format(escape(text)) if text.strip() else "")  # noqa: S704
    # Escaping changes no line break, so it is done once for the whole.
    parts = BLANK_LINES.split(str(escape(text)))
    return Markup(  # noqa: S704 (escaped above)
        "".join(
            _PARAGRAPH.format(lines)
            for part in parts
            if part.strip()
            for lines in [part.strip("\n").replace("\n", "<br>")]
        )
    )


def plural(count: int, singular: str, plural_form: str = "") -> str:
    """ "1 case", "2 cases", "1,200 cases"; ``plural_form`` when it is not ``singular`` with an s."""
    return f"{count:,} {singular if count == 1 else plural_form or singular + 's'}"


def _local(value: Any) -> Any:
    if isinstance(value, datetime.datetime) and value.tzinfo is not None:
        return value.astimezone(timezone.get_default_timezone())
    return value


FILTERS: dict[str, Callable[..., Any]] = {
    "date": date,
    "short_date": short_date,
    "time": time,
    "date_time": date_time,
    "paragraphs": paragraphs,
    "plural": plural,
}
