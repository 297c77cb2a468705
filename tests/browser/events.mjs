// One event from its first word to its end, and two people at one event.

import assert from "node:assert/strict";

import { signedIn } from "./visitor.mjs";

// The next January but one is ahead whenever this runs; its second Tuesday is from the 8th to the 14th.
const year = new Date().getUTCFullYear() + 1;
const secondTuesday = (month) => 8 + ((9 - new Date(Date.UTC(year, month, 8)).getUTCDay()) % 7);
const months = ["January", "February", "March", "April", "May", "June"];

export async function anEvent(desk, options, name) {
  const title = `Plenary ${name}`;
  const dora = await signedIn(desk, `dora.${name}@example.org`, options);
  await dora.press("Events");
  await dora.press("New event");
  await dora.field("title").fill(title);
  await dora.field("kind").selectOption("meeting");
  await dora.field("start").fill(`${secondTuesday(0)} January ${year} 9:00-12:00`);
  await dora.field("repeat").fill("2nd tuesday");
  await dora.field("topics").fill("cybersecurity; ipv6");
  await dora.field("status").selectOption("confirmed");
  await dora.press("Look first");
  const dates = await dora.page.locator("#look ul.dates li").allInnerTexts();
  assert.equal(dates.length, 6, dates.join("\n"));
  months.forEach((month, n) => assert.ok(dates[n].includes(`${secondTuesday(n)} ${month} ${year}`), dates[n]));
  await dora.press("Save");
  assert.equal(await dora.notice(), "Added.");

  await dora.field("location").fill("Beijing");
  await dora.press("Save");
  assert.equal(await dora.notice(), "Saved.");
  assert.equal(await dora.field("location").inputValue(), "Beijing");
  assert.equal(await dora.page.getByText("did not save").count(), 0, "what was saved is offered as what was not");

  await dora.press("Single dates");
  const february = dora.page.locator("ul.series > li").filter({ hasText: `February ${year}` });
  await february.getByLabel("Move to").fill(`20 February ${year} 10:00`);
  await dora.press("Move", february);
  assert.equal(await dora.notice(), "Saved.");
  assert.match(await february.innerText(), new RegExp(`20 February ${year}[^]*instead of`));

  await dora.press("Events");
  await dora.page.getByLabel("Words").fill(title);
  await dora.press("Find");
  await dora.page.getByRole("checkbox", { name: title }).check();
  await dora.press("Cancel");
  assert.equal(await dora.heading(), "Cancel this event?");
  await dora.page.getByLabel("Reason").fill("No room could be had");
  await dora.press("Cancel");
  assert.equal(await dora.notice(), "Cancelled.");
  await dora.go(`/admin/events?q=${encodeURIComponent(title)}`);
  assert.match(await dora.page.locator("table tbody tr").innerText(), /cancelled/i);
  await dora.press(title);
  assert.match(await dora.page.locator("main .facts").innerText(), /No room could be had/);
  await dora.close();
}

export async function aConflict(desk, options, name) {
  const id = desk.office.add(`Forum ${name}`, "--on", `${year}-03-04`);
  const path = `/admin/events/${id}`;
  const [emil, fay] = [
    await signedIn(desk, `emil.${name}@example.org`, options),
    await signedIn(desk, `fay.${name}@example.org`, options),
  ];
  await emil.go(path);
  await fay.go(path);
  await emil.field("location").fill("Tianjin");
  await emil.press("Save");
  assert.equal(await emil.notice(), "Saved.");

  await fay.field("title").fill("Forum for all");
  await fay.field("location").fill("Wuhan");
  fay.expect(409);
  await fay.press("Save");
  assert.equal(await fay.page.getByRole("heading", { name: "Somebody changed it meanwhile" }).count(), 1);
  assert.match(await fay.page.locator("section.alarm").innerText(), /Tianjin/);
  assert.equal(await fay.field("title").inputValue(), "Forum for all");
  assert.equal(await fay.field("location").inputValue(), "Wuhan");
  await fay.press("Save");
  assert.equal(await fay.notice(), "Saved.");
  assert.equal(await fay.field("location").inputValue(), "Wuhan");
  await emil.close();
  await fay.close();
}
