// The feed as ical.js (which Thunderbird is built on) sees it, in the zones that the file itself defines: ical.js brings
// none of its own. `node read_icaljs.mjs URL FOLDER`.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [url, folder] = process.argv.slice(2);
// Installed in the scratch folder, not beside this file.
const found = createRequire(`${process.cwd()}/`).resolve("ical.js");
const ICAL = (await import(pathToFileURL(found))).default;

async function fetched() {
  const [body, etag] = [`${folder}/calendar.ics`, `${folder}/etag`];
  const headers = existsSync(etag) ? { "If-None-Match": readFileSync(etag, "utf8") } : {};
  const answer = await fetch(url, { headers });
  if (answer.status === 304) return readFileSync(body, "utf8");
  const text = await answer.text();
  mkdirSync(folder, { recursive: true });
  writeFileSync(body, text);
  writeFileSync(etag, answer.headers.get("etag"));
  return text;
}

const instant = (time) => time.toUnixTime() * 1000;
const told = (time) =>
  time.isDate ? time.toString() : new Date(instant(time)).toISOString().replace(".000Z", "Z");
const [first, last] = [Date.UTC(2026), Date.UTC(2028)];

function row({ startDate, endDate, item }) {
  const inWindow = instant(startDate) < last && (instant(startDate) >= first || instant(endDate) > first);
  const status = item.component.getFirstPropertyValue("status");
  return inWindow ? [[told(startDate), told(endDate), item.summary, status, item.uid]] : [];
}

const calendar = new ICAL.Component(ICAL.parse(await fetched()));
for (const zone of calendar.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(zone);

const rows = [];
for (const component of calendar.getAllSubcomponents("vevent")) {
  if (component.hasProperty("recurrence-id")) continue;
  const uid = component.getFirstPropertyValue("uid");
  const exceptions = calendar.getAllSubcomponents("vevent").filter(
    (other) => other.hasProperty("recurrence-id") && other.getFirstPropertyValue("uid") === uid,
  );
  const event = new ICAL.Event(component, { exceptions, strictExceptions: true });
  if (!event.isRecurring()) {
    rows.push(...row({ startDate: event.startDate, endDate: event.endDate, item: event }));
    continue;
  }
  // A changed date may have been moved from after the window into it: look a year further.
  const iterator = event.iterator();
  for (let start = iterator.next(); start && instant(start) < Date.UTC(2029); start = iterator.next()) {
    rows.push(...row(event.getOccurrenceDetails(start)));
  }
}
console.log(JSON.stringify(rows));
