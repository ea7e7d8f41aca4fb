// Reads calendar files with ical.js, as a calendar program would, and writes when their events start and end.
// In and out: JSON, a list of files as text; of each a list of [start, end] in seconds since 1970, UTC.
import { readFileSync } from "node:fs";
import ICAL from "ical.js";

const files = JSON.parse(readFileSync(0, "utf8"));
const read = files.map((file) => {
  const calendar = new ICAL.Component(ICAL.parse(file));
  ICAL.TimezoneService.reset(); // the file's own blocks, and no others
  for (const block of calendar.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(block);
  return calendar.getAllSubcomponents("vevent").map((component) => {
    const event = new ICAL.Event(component);
    return [event.startDate, event.endDate].map((time) => {
      if (time.zone === ICAL.Timezone.localTimezone) throw new Error(`a time of no zone: ${time}`);
      return time.toUnixTime();
    });
  });
});
console.log(JSON.stringify(read));
