// Every page of the desk, and those of the site, light and dark, narrow and wide: judged by axe, looked at by its width, walked with Tab.

import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";

import { takeIn } from "./drafts.mjs";
import { signedIn, visitor } from "./visitor.mjs";

const WIDTHS = [320, 768, 1440];
const SCHEMES = ["light", "dark"];
const LONG = "Recommendation-" + "on-long-words-that-nobody-can-break-".repeat(3);

export async function allPages(desk) {
  const { office } = desk;
  const id = office.add("Plenary of the groups", "--on", "2040-01-10 09:00", "--repeat", "FREQ=MONTHLY;BYDAY=2TU");
  const long = office.add(LONG, "--on", "2040-02-01", "--topic", "cybersecurity", "--topic", "ipv6");
  office.kalends("event", "edit", `${long}`, "--location", "Beijing");
  office.kalends("event", "edit", `${long}`, "--on", "2040-02-07");
  office.kalends("event", "add", "forum", "A week of standards", "--from", "2040-02-09", "--to", "2040-02-15");
  office.kalends("event", "cancel", `${office.add("Forum", "--on", "2040-02-02")}`, "--reason", "No room");
  for (const kind of ["forum", "release", "effective-date", "deadline", "other"]) {
    office.kalends("event", "add", kind, `One ${kind}`, "--on", "2040-02-03");
  }
  for (const [kind, title, on, standard] of [
    ["release", "The old text", "2037-12-29", "GB/T 35273-2037"],
    ["effective-date", "The old text takes effect", "2038-05-01", "GB/T 35273-2037"],
    ["release", "The new text", "2040-03", "GB/T 35273-2040"],
    ["effective-date", "The new text takes effect", "2040-10-01", "GB/T 35273-2040"],
  ]) {
    office.kalends("event", "add", kind, title, "--on", on, "--standard", standard);
  }
  office.kalends("subscriber", "add", "reader@example.org", "--confirmed");
  office.kalends("digest", "send", "weekly");

  const judged = [];
  const judge = async (somebody, name) => {
    await judgePage(desk, somebody.page, name);
    judged.push(name);
  };
  const out = await visitor(desk);
  for (const [name, reach] of signedOut(office)) {
    await reach(out);
    await judge(out, name);
  }
  await out.close();
  for (const locale of ["en-GB", "zh-CN"]) {
    const reader = await visitor(desk, { locale });
    for (const [name, reach] of sitePages(id, long, office)) {
      await reach(reader);
      await judge(reader, `site-${locale}-${name}`);
    }
    await reader.close();
  }
  const ida = await signedIn(desk, "ida@example.org");
  for (const [name, reach] of signedInPages(desk, id, long)) {
    await reach(ida);
    await judge(ida, name);
  }
  await ida.close();
  return `${judged.length} of them, ${SCHEMES.join(" and ")}, at ${WIDTHS.join(", ")}`;
}

const at = (path) => (her) => her.go(path);

/** What readers see, in their language. */
const sitePages = (id, long, office) => [
  ["home", at("/")],
  ["narrowed", at("/?topic=cybersecurity&from=2030-01-01&kind=meeting")],
  ["found", at("/?q=text")],
  ["nothing-found", at("/?q=plenery")],
  ["month", at("/2040/02")],
  ["event", at(`/events/${id}`)],
  ["event-moved", at(`/events/${long}`)],
  ["topics", at("/topics")],
  ["topic", at("/topics/cybersecurity")],
  ["standards", at("/standards")],
  ["standard", at("/standards/GB/T%2035273")],
  ["kind", at("/kinds/forum")],
  ["follow", at("/follow?topic=cybersecurity")],
  ["archive", at("/archive")],
  ["subscribe", at("/subscribe?topic=cybersecurity")],
  ["subscribe-wrong", async (her) => {
    await her.go("/subscribe");
    await her.page.locator("form.sheet").evaluate((form) => (form.noValidate = true));
    her.expect(400);
    await her.post();
  }],
  ["confirm", async (her) => {
    await her.go("/subscribe");
    const email = `reader.${Math.random()}@example.org`;
    await her.page.locator("#email").fill(email);
    await her.post();
    await her.go(await office.mailedLink(email, "/confirm/"));
  }],
  ["confirmed", (her) => her.post()],
  ["embedded", at("/embed?topic=cybersecurity")],
  ["not-found", async (her) => {
    her.expect(404, "/topics/nothing");
    await her.go("/topics/nothing");
  }],
];

/** A name for each page, and how one comes to it. */
const signedOut = (office) => [
  ["sign-in", (her) => her.go("/admin/sign-in")],
  ["mailbox", async (her) => {
    await her.page.getByLabel("Your email address").fill("ida@example.org");
    await her.press("Mail me a link");
  }],
  ["link", (her) => her.go(office.link("ida@example.org"))],
  ["link-unknown", async (her) => {
    her.expect(404, "/admin/sign-in/none");
    await her.go("/admin/sign-in/none");
  }],
];

const signedInPages = ({ office, picture }, id, long) => [
  // First, so that the pages around it have something that waits.
  ["drafts", async (her) => {
    const text =
      "The Green Factories Working Group will hold its plenary meeting in Tianjin on 3 March.\n\n" +
      "The Third Forum on Standards for Lifts will be held in Suzhou on 7 October 2041.\n";
    await takeIn(her, text, "");
  }],
  ["drafts-wrong", async (her) => {
    her.expect(422);
    await her.press("Find dates");
  }],
  ["draft", async (her) => {
    await her.go("/admin/drafts");
    await her.press(/^Look through them/);
    assert.ok(await her.page.locator("mark").count());
  }],
  ["today", (her) => her.go("/admin")],
  ["events", (her) => her.go("/admin/events")],
  ["events-none", (her) => her.go("/admin/events?q=nothing-has-this-word")],
  ["sure", async (her) => {
    await her.go("/admin/events");
    for (const box of (await her.page.getByRole("checkbox").all()).slice(-2)) await box.check();
    await her.press("Remove");
  }],
  ["event-new", (her) => her.go("/admin/events/new")],
  ["event-looked-at", async (her) => {
    await her.field("title").fill("Plenary of the groups");
    await her.field("start").fill("2040-01-10 09:00");
    await her.field("repeat").fill("2nd tuesday");
    await her.press("Look first");
  }],
  ["event-refused", async (her) => {
    await her.field("start").fill("some day");
    her.expect(422);
    await her.press("Save");
  }],
  ["event-typed", (her) => her.go("/admin/events/new")],
  ["event", (her) => her.go(`/admin/events/${id}`)],
  ["dates", (her) => her.go(`/admin/events/${id}/dates`)],
  ["dates-wrong", async (her) => {
    await her.page.getByLabel("Move to").first().fill("some day");
    her.expect(422);
    await her.press("Move");
  }],
  ["event-long", (her) => her.go(`/admin/events/${long}`)],
  ["event-conflict", async (her) => {
    office.kalends("event", "edit", `${long}`, "--location", "Tianjin");
    await her.field("location").fill("Wuhan");
    her.expect(409);
    await her.press("Save");
  }],
  ["editions", (her) => her.go("/admin/editions")],
  ["edition", (her) => her.go("/admin/editions/weekly")],
  ["edition-dark-on-a-phone", (her) => her.go("/admin/editions/weekly?width=phone&look=dark")],
  ["edition-tried", (her) => her.press("See to whom it would go")],
  ["edition-gone", (her) => her.go("/admin/editions/weekly/1")],
  ["edition-under-way", async (her) => {
    office.kalends("subscriber", "add", "late.reader@example.org", "--confirmed", "--tz", "Pacific/Honolulu");
    const sent = office.kalends("--json", "digest", "send", "weekly", "--per-reader-time", "--yes");
    await her.go(`/admin/editions/weekly/${JSON.parse(sent).number}`);
  }],
  ["edition-stopped", (her) => her.press("Stop sending")],
  ["articles-none", (her) => her.go("/admin/articles")],
  ["article-new", (her) => her.go("/admin/articles/new?find=plenary")],
  ["article-looked-at", async (her) => {
    await her.field("title").fill("What the groups said");
    await her.field("body").fill("Some *words*, a [link](https://example.org) and\n\n- a list\n- of two\n");
    await her.press("Look first");
  }],
  ["article", async (her) => {
    await her.press("Save");
    assert.match(await her.notice(), /^Added/);
  }],
  ["article-picture", async (her) => {
    await her.page.getByLabel("File").setInputFiles(picture);
    await her.page.getByLabel("What it shows, in words").fill("A map of a city");
    await her.press("Add");
  }],
  ["articles", (her) => her.go("/admin/articles")],
  ["deliveries", (her) => her.go("/admin/deliveries")],
  ["sources", (her) => her.go("/admin/sources")],
  ["readers", (her) => her.go("/admin/subscribers")],
  ["reader", (her) => her.press("reader@example.org")],
  ["reader-forget", (her) => her.press("Forget")],
  ["import", async (her) => {
    await her.go("/admin/subscribers/import");
    await her.page.getByLabel("A table of people").fill("email,digests\nnobody,weekly\nbo@example.org,weekly\n");
    await her.press("Look first");
  }],
  ["bounces", async (her) => {
    office.returned("From: MAILER-DAEMON@example.com\nSubject: Something\n\nNobody knows what this is.\n");
    await her.go("/admin/bounces");
  }],
  ["bounce", (her) => her.go("/admin/bounces/1")],
  ["team", (her) => her.go("/admin/team")],
  ["team-token", async (her) => {
    await her.page.getByLabel("Name of the program").fill("robot");
    await her.page.getByLabel("events:read").check();
    await her.press("Make a token");
  }],
  ["check", (her) => her.go("/admin/check")],
  ["settings", (her) => her.go("/admin/settings")],
  ["not-found", async (her) => {
    her.expect(404, "/admin/nothing");
    await her.go("/admin/nothing");
  }],
];

async function judgePage(desk, page, name) {
  const told = (what) => desk.wrong(`${name} (${page.url()}): ${what}`);
  await everyLook(page, async (scheme, width) => {
    if (desk.pictures) {
      mkdirSync(desk.pictures, { recursive: true });
      await page.screenshot({ path: `${desk.pictures}/${name}-${width}-${scheme}.png`, fullPage: true });
    }
  });
  // What is folded is judged, too.
  await page.evaluate(() => document.querySelectorAll("details").forEach((part) => (part.open = true)));
  await page.evaluate(desk.axe);
  const broken = new Map();
  await everyLook(page, async (scheme, width) => {
    const wide = await page.evaluate(widerThanTheWindow);
    if (wide.length) told(`scrolls sideways at ${width}: ${wide.join(" ")}`);
    for (const { rule, html, why } of await page.evaluate(violations)) {
      const key = `${rule}: ${html}\n${why}`;
      broken.set(key, (broken.get(key) ?? new Set()).add(`${scheme} ${width}`));
    }
  });
  for (const [key, looks] of broken) told(`${key}\n(${[...looks].join(", ")})`);
  for (const width of [WIDTHS[0], WIDTHS.at(-1)]) {
    await page.setViewportSize({ width, height: 900 });
    for (const missed of await missedByTab(page)) told(`Tab does not come to it at ${width}: ${missed}`);
  }
}

async function everyLook(page, look) {
  for (const colorScheme of SCHEMES) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 900 });
      await look(colorScheme, width);
    }
  }
}

// What follows runs in the page.

async function violations() {
  const { violations } = await window.axe.run(document, { resultTypes: ["violations"] });
  return violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => ({ rule: id, html: node.html, why: node.failureSummary.replace(/\n\s*/g, " ") })),
  );
}

/** Nothing, or what makes the page wider than its window. */
function widerThanTheWindow() {
  if (document.documentElement.scrollWidth <= innerWidth) return [];
  const all = [...document.body.querySelectorAll("*")];
  const wide = all.filter((element) => element.getBoundingClientRect().right > innerWidth);
  return ["it is " + document.documentElement.scrollWidth, ...wide.slice(0, 4).map((it) => it.cloneNode().outerHTML)];
}

/** Walks through the page with Tab; what one should have come to and did not. */
async function missedByTab(page) {
  const count = await page.evaluate(() => {
    const all = [...document.querySelectorAll("a[href], button, input, select, textarea, summary")];
    window.wanted = new Set(all.filter((it) => !it.disabled && it.tabIndex >= 0 && it.checkVisibility({ visibilityProperty: true })));
    document.activeElement.blur();
    getSelection().removeAllRanges();
    document.addEventListener("focusin", (event) => window.wanted.delete(event.target));
    return window.wanted.size;
  });
  // Some more: lists that scroll are stops as well, and so are the links in the frame of a mail.
  for (let pressed = 0; pressed < count + 60; pressed += 1) {
    await page.keyboard.press("Tab");
    if (pressed >= count - 1 && (await page.evaluate(() => window.wanted.size)) === 0) return [];
  }
  return page.evaluate(() => [...window.wanted].map((it) => it.outerHTML));
}
