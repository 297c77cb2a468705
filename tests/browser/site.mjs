// What readers come for: looking something up, taking the calendar, mail and the way out of it, dates on another site, paper.

import assert from "node:assert/strict";
import { createServer } from "node:http";

import { visitor } from "./visitor.mjs";

/** From a search to a topic, a standard, and one event. */
export async function lookedUp({ office, ...desk }, options, name) {
  const title = `Plenary on sewers ${name}`;
  const id = office.add(title, "--on", "2041-04-02 09:00", "--topic", `Sewers ${name}`, "--standard", "GB/T 50014-2041", "--location", "Wuhan");
  office.kalends("event", "edit", `${id}`, "--on", "2041-04-09 09:00");
  office.kalends("event", "add", "forum", `Forum ${name}`, "--on", "2041-04-03", "--topic", `Sewers ${name}`);
  const ada = await visitor({ office, ...desk }, { ...options, timezoneId: "America/New_York" });
  const listed = () => ada.page.locator(".card h3").allInnerTexts();

  await ada.go("/");
  await ada.page.getByRole("searchbox").fill(`sewer ${name}`);
  await ada.page.getByRole("combobox").selectOption("meeting");
  await ada.press("Search");
  assert.deepEqual([...new Set(await listed())], [title]);
  // The kind is a chip: without it, the forum is there, too.
  await ada.page.getByRole("listitem").filter({ hasText: "Meeting" }).getByRole("link").click();
  await ada.page.waitForURL(/q=sewer/);
  assert.ok((await listed()).includes(`Forum ${name}`));
  assert.equal(await ada.page.getByRole("searchbox").inputValue(), `sewer ${name}`, "the search stays");

  await ada.go("/?q=sewars");
  await ada.page.getByText("Did you mean").waitFor();
  await ada.go("/?q=sewers");
  await ada.press(`Sewers ${name}`);
  assert.equal(await ada.heading(), `Sewers ${name}`);
  assert.equal(await ada.page.getByRole("link", { name: "Subscribe by mail" }).count(), 1);

  await ada.press(title);
  assert.equal(await ada.heading(), title);
  const words = await ada.page.locator("main").innerText();
  assert.match(words, /Tuesday 9 April 2041/);
  assert.match(words, /moved from 2 April 2041/);
  if (options.javaScriptEnabled) assert.match(words, /In your time:.*Monday,? 8 April 2041/s);
  assert.match(await ada.page.getByRole("link", { name: "Google" }).getAttribute("href"), /dates=20410409T010000Z/);
  await ada.press("GB/T 50014-2041");
  assert.ok(await ada.page.locator(".life svg .dot").count());
  assert.equal(await ada.page.locator(".life tbody tr").filter({ hasText: title }).count(), 1);

  await ada.go("/2041/04");
  assert.ok(await ada.page.getByRole("link", { name: title }).isVisible());
  await ada.close();
}

/** The calendar: every way to it, and its address in the clipboard. */
export async function followed(desk, options, name) {
  desk.office.add(`Forum on bridges ${name}`, "--on", "2041-05-01", "--topic", `Bridges ${name}`);
  const ben = await visitor(desk, { ...options, permissions: ["clipboard-read", "clipboard-write"] });
  await ben.go(`/?topic=Bridges+${name}`);
  await ben.press("Google, Outlook.com, phone …");
  assert.equal(await ben.heading(), "Follow the calendar");
  const address = `${desk.base}/calendar.ics?topic=Bridges+${name}`;
  const field = ben.page.getByLabel("Any other");
  assert.equal(await field.inputValue(), address);
  for (const [way, begin] of [
    ["Apple", "webcal:"],
    ["Google", "https://calendar.google.com/calendar/render?cid=webcal"],
    ["Outlook", "webcal:"],
    ["Outlook.com", "https://outlook.live.com/calendar/0/addfromweb?url=http"],
  ]) {
    const leads = await ben.page.getByRole("link", { name: way, exact: true }).getAttribute("href");
    assert.ok(leads.startsWith(begin), leads);
  }
  assert.ok(await ben.page.getByRole("img", { name: /camera/ }).isVisible());
  const copy = ben.page.getByRole("button", { name: "Copy" }).first();
  assert.equal(await copy.isVisible(), options.javaScriptEnabled);
  if (options.javaScriptEnabled) {
    await copy.click();
    await ben.page.getByRole("button", { name: "Copied" }).waitFor();
    assert.equal(await ben.page.evaluate(() => navigator.clipboard.readText()), address);
  }
  // The chip is taken away, and the calendar is that of all.
  await ben.page.locator(".chip").click();
  await ben.page.waitForURL(/\/follow$/);
  assert.equal(await ben.page.getByLabel("Any other").inputValue(), `${desk.base}/calendar.ics`);
  await ben.close();
}

/** Mail, from the form to the way out and back. */
export async function mailed(desk, options, name) {
  const email = `cleo.${name}@example.org`;
  const cleo = await visitor(desk, options);
  await cleo.go("/subscribe");
  await cleo.page.getByLabel("Your email address").fill(email);
  await cleo.press("Subscribe");
  assert.equal(await cleo.heading(), "Look into your mailbox");
  await cleo.go(await desk.office.mailedLink(email, "/confirm/"));
  await cleo.press("Yes, I want it");
  assert.equal(await cleo.heading(), "Thank you");
  const words = await cleo.page.locator("main").innerText();
  assert.match(words, /The next edition comes on Monday \d/);
  const own = await cleo.page.getByLabel("Any other").inputValue();
  assert.match(own, /\/calendar\/[\w-]+\.ics$/);
  assert.equal((await cleo.context.request.get(own)).status(), 200);

  desk.office.add(`Something to tell ${name}`, "--on", "+5d");
  desk.office.kalends("digest", "send", "weekly");
  await cleo.go(await desk.office.mailedLink(email, "/unsubscribe/"));
  await cleo.press("Unsubscribe");
  assert.equal(await cleo.heading(), "You are unsubscribed");
  await cleo.press("Choose again what I get");
  const weekly = cleo.page.getByLabel("Weekly");
  assert.equal(await weekly.isChecked(), false);
  await weekly.check();
  await cleo.press("Save");
  assert.match(await cleo.notice(), /From now on you get “Weekly”/);
  await cleo.close();
}

/** The dates in a page of somebody else, as its editors paste them. */
export async function embedded(desk, options, name) {
  desk.office.add(`Forum on lifts ${name}`, "--on", "2041-06-01", "--topic", `Lifts ${name}`);
  const dora = await visitor(desk, options);
  await dora.go(`/follow?topic=Lifts+${name}`);
  const line = await dora.page.getByLabel("A line of HTML").inputValue();
  const height = await dora.page.locator("#height-line").inputValue();
  const server = createServer((_, answer) => {
    answer.setHeader("content-type", "text/html");
    answer.end(`<!doctype html><title>Host</title><link rel="icon" href="data:,"><body>${line}${height}</body>`);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const host = `http://127.0.0.1:${server.address().port}/`;
  await dora.context.route(host, (route) => route.continue());
  await dora.page.goto(host);
  const frame = dora.page.frameLocator("iframe");
  const link = frame.getByRole("link", { name: `Forum on lifts ${name}` });
  await link.waitFor();
  assert.equal(await frame.locator("form, input, button").count(), 0);
  if (options.javaScriptEnabled) {
    await dora.page.waitForFunction(() => document.querySelector("iframe").style.height !== "");
    const [asked, needed] = [
      await dora.page.locator("iframe").evaluate((it) => it.offsetHeight),
      await frame.locator("html").evaluate((it) => it.scrollHeight),
    ];
    assert.ok(Math.abs(asked - needed) <= 4, `${asked} for ${needed}`);
  }
  const [opened] = await Promise.all([dora.context.waitForEvent("page"), link.click()]);
  await opened.waitForLoadState();
  assert.match(opened.url(), /\/events\/\d+$/);
  assert.equal(dora.page.url(), host);
  await dora.close();
  server.close();
}

/** An event on paper: what it is, and nothing that can be pressed. */
export async function printed(desk, options, name) {
  const id = desk.office.add(`Notice ${name}`, "--on", "2041-07-01", "--location", "Hall 2", "--organizer", "SAC");
  const eva = await visitor(desk, options);
  await eva.go(`/events/${id}`);
  await eva.page.emulateMedia({ media: "print" });
  const shown = await eva.page.locator("body").innerText();
  for (const words of [`Notice ${name}`, "Monday 1 July 2041", "Hall 2", "SAC"]) assert.ok(shown.includes(words), shown);
  for (const gone of ["Copy link", "Calendar file", "All dates", "Follow"]) assert.ok(!shown.includes(gone), shown);
  assert.equal(await eva.page.locator("a, button, input").filter({ visible: true }).count(), (await eva.page.locator(".event dl a, .event .kind a").count()));
  if (options.javaScriptEnabled) assert.ok((await eva.page.pdf()).length > 1000);
  await eva.close();
}

/** With thousands of dates: how heavy the pages are, when they are seen, whether they jump, how far the panel is by keyboard. */
export async function manyDates(desk) {
  const rows = Array.from({ length: 3000 }, (_, n) => {
    const day = new Date(Date.UTC(2042, 0, 1 + Math.floor(n / 5))).toISOString().slice(0, 10);
    return `meeting,Meeting ${n} of the group on ${["water", "roads", "lifts", "data"][n % 4]},${day},Hall ${n % 9},Subject ${n % 12}`;
  });
  desk.office.imported("many.csv", ["kind,title,start,location,topics", ...rows].join("\n"));
  const finn = await visitor(desk);
  const told = [];
  const weigh = async (path) => {
    const { gzip, plain } = await desk.weight(path);
    assert.ok(gzip < 30_000, `${path} weighs ${gzip} octets packed`);
    return `${path} ${Math.round(plain / 1000)} kB, ${(gzip / 1000).toFixed(1)} packed`;
  };
  for (const path of ["/", "/2042/01", "/topics/Subject%201", "/?q=meeting", "/events/1", "/subscribe", "/follow", "/embed"]) {
    told.push(await weigh(path));
  }
  for (const path of ["/", "/2042/01", "/topics/Subject%201", "/events/1", "/follow"]) {
    const { paint, shift } = await traced(finn, path);
    assert.equal(shift, 0, `${path} jumps by ${shift}`);
    told.push(`${path} seen after ${Math.round(paint)} ms`);
  }
  await finn.go("/");
  let presses = 0;
  for (let isThere = false; !isThere; presses += 1) {
    assert.ok(presses < 40, "the panel is too far");
    await finn.page.keyboard.press("Tab");
    isThere = await finn.page.evaluate(() => document.activeElement.closest("#follow") !== null);
  }
  told.push(`${presses} presses of Tab to the panel`);
  await finn.close();
  return told.join("; ");
}

/** When something was first seen of a page, in milliseconds, and how much of it moved afterwards: by Chromium's trace. */
async function traced(somebody, path) {
  const session = await somebody.context.newCDPSession(somebody.page);
  const events = [];
  session.on("Tracing.dataCollected", ({ value }) => events.push(...value));
  const complete = new Promise((done) => session.once("Tracing.tracingComplete", done));
  await session.send("Tracing.start", { traceConfig: { includedCategories: ["loading", "devtools.timeline", "blink.user_timing"] } });
  await somebody.go(path);
  await somebody.page.waitForFunction(() => performance.getEntriesByName("first-contentful-paint").length);
  await somebody.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  await session.send("Tracing.end");
  await complete;
  await session.detach();
  const times = (name) => events.filter((event) => event.name === name).map((event) => event.ts).sort((a, b) => b - a);
  const [seen] = times("firstContentfulPaint");
  const began = times("navigationStart").find((at) => at < seen);
  assert.ok(seen && began, "the trace tells when something was seen");
  const shifts = events.filter((event) => event.name === "LayoutShift").map((event) => event.args.data.score);
  return { paint: (seen - began) / 1000, shift: shifts.reduce((sum, score) => sum + score, 0) };
}
