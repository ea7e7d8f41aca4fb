#!/usr/bin/env bash
# icalendar 7.3.0 writes a time zone block (VTIMEZONE) of single moments; ical.js 2.2.1 reads files with it.
# Guess: what add_missing_timezones() writes for a year before and after an event says when the clocks change, so that
# a program that knows no time zones of its own reads the hour that was meant.
# Seen: of the days 2026 to 2030 at nine, ten read an hour off (26 to 30 October 2027, 26 to 30 March 2030). The block
# puts the spring change at 02:00 of a clock that changes at 01:00; its first DAYLIGHT part goes from +0100 to +0100; and
# a part's first moment is its DTSTART, which ical.js passes over when the part has an RDATE, too (RFC 5545, 3.6.5,
# counts both). A block with DTSTART alone, or with a yearly rule, reads right.
# Where it matters: any calendar file with local times. One event that does not repeat needs no block: write UTC.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check icalendar==7.3.0 tzdata==2026.3
venv/bin/python -c "import icalendar; print('icalendar', icalendar.__version__, 'ical.js 2.2.1')"
npm install --silent --no-audit --no-fund ical.js@2.2.1 >/dev/null
cat >write.py <<'PYTHON'
import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

LONDON, YEAR, DAY = ZoneInfo("Europe/London"), timedelta(days=365), timedelta(days=1)


def file_of(start):
    event, calendar = Event(), Calendar()
    event.add("uid", "1@example.com")
    event.add("dtstamp", datetime(2026, 1, 1, tzinfo=UTC))
    event.add("dtstart", start)
    calendar.add("prodid", "-//Example//EN")
    calendar.add("version", "2.0")
    calendar.add_component(event)
    day = start.date()
    calendar.add_missing_timezones(first_date=day - YEAR, last_date=day + YEAR)
    return calendar.to_ical().decode()


nine = datetime(2026, 1, 1, 9, tzinfo=LONDON)
starts = [nine + number * DAY for number in range(1826)]
starts += [datetime(2030, 3, 31, 0, 30, tzinfo=UTC).astimezone(LONDON)]
starts += [datetime(2030, 3, 31, 1, 30, tzinfo=UTC).astimezone(LONDON)]
print(json.dumps([[start.isoformat(), start.timestamp(), file_of(start)] for start in starts]))
PYTHON
cat >read.mjs <<'JAVASCRIPT'
import { readFileSync } from "node:fs";
import ICAL from "ical.js";

const wrong = [];
for (const [meant, seconds, file] of JSON.parse(readFileSync(0, "utf8"))) {
  const calendar = new ICAL.Component(ICAL.parse(file));
  ICAL.TimezoneService.reset();
  for (const block of calendar.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(block);
  const read = new ICAL.Event(calendar.getFirstSubcomponent("vevent")).startDate.toUnixTime();
  if (read !== seconds) wrong.push(`${meant} reads ${(read - seconds) / 60} minutes off`);
}
console.log(wrong.join("\n"));
JAVASCRIPT
venv/bin/python write.py >files.json
node read.mjs <files.json | tee wrong.txt

# The same March day with hand-written blocks: summer time begins in 2029, winter time as given by the argument.
cat >block.mjs <<'JAVASCRIPT'
import ICAL from "ical.js";

const part = (kind, from, to, ...lines) =>
  [`BEGIN:${kind}`, ...lines, `TZOFFSETFROM:${from}`, `TZOFFSETTO:${to}`, `END:${kind}`];
const read = (...winter) => {
  const block = [
    "BEGIN:VTIMEZONE", "TZID:Europe/London",
    ...part("DAYLIGHT", "+0000", "+0100", "DTSTART:20290325T010000"),
    ...part("STANDARD", "+0100", "+0000", ...winter),
    "END:VTIMEZONE",
  ];
  const zone = new ICAL.Timezone(new ICAL.Component(ICAL.parse(block.join("\r\n"))));
  const time = ICAL.Time.fromString("2030-03-28T09:00:00");
  time.zone = zone;
  return new Date(time.toUnixTime() * 1000).toISOString();
};
console.log("DTSTART", read("DTSTART:20291028T020000"));
console.log("DTSTART and RRULE", read("DTSTART:20291028T020000", "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU"));
console.log("DTSTART and RDATE", read("DTSTART:20291028T020000", "RDATE:20301027T020000"));
JAVASCRIPT
node block.mjs | tee blocks.txt
venv/bin/python - <<'PYTHON'
import json
from pathlib import Path

wrong = [line.split("T")[0] for line in Path("wrong.txt").read_text().splitlines() if "T09:00" in line]
october = [f"2027-10-{day}" for day in range(26, 31)]
march = [f"2030-03-{day}" for day in range(26, 31)]
assert wrong == october + march, wrong
file = next(file for meant, _, file in json.loads(Path("files.json").read_text()) if meant.startswith("2030-03-28"))
block = file[file.index("BEGIN:VTIMEZONE") : file.index("END:VTIMEZONE")]
print("Written for 28 March 2030:", block, sep="\n")
assert "DTSTART:20300331T020000\r\nTZNAME:BST\r\nTZOFFSETFROM:+0000" in block
assert "TZOFFSETFROM:+0100\r\nTZOFFSETTO:+0100" in block
blocks = Path("blocks.txt").read_text().splitlines()
assert blocks == [
    "DTSTART 2030-03-28T09:00:00.000Z",
    "DTSTART and RRULE 2030-03-28T09:00:00.000Z",
    "DTSTART and RDATE 2030-03-28T08:00:00.000Z",
], blocks
PYTHON
