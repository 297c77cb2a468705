// What a text proposes is looked through.

import assert from "node:assert/strict";

import { led, signedIn } from "./visitor.mjs";

/** So many keys are enough for the sample newsletter. */
const MOST_KEYS = 40;
const DRAFT = /^\/admin\/drafts\/\d+$/;

/** Has the desk find dates in a text; how many drafts wait then. */
export async function takeIn(somebody, text, written) {
  await somebody.go("/admin/drafts");
  await somebody.page.getByLabel("Paste a text").fill(text);
  await somebody.page.getByLabel("Written on").fill(written);
  await somebody.press("Find dates");
  assert.match(await somebody.notice(), /made of it/);
  return somebody.page.locator("table tbody tr").count();
}

const place = (page) => new URL(page.url()).pathname;

export async function draftsByButtons(desk) {
  const gil = await signedIn(desk, "gil@example.org", { javaScriptEnabled: false });
  const text =
    "The Smart Grid Working Group will hold its plenary meeting in Wuhan on 3 March 2041.\n\n" +
    "The Third Rail Standards Forum will be held in Harbin on 5 June 2041.\n";
  assert.equal(await takeIn(gil, text, "2041-01-01"), 2);
  await gil.page.locator("main .buttons a").click();
  await gil.page.waitForURL(/drafts\/\d+$/);
  await led(gil.page, gil.page.getByRole("button", { name: "Drop" }).click());
  assert.match(await gil.notice(), /^Removed/);
  await led(gil.page, gil.page.getByRole("button", { name: "Publish" }).click());
  assert.equal(await gil.notice(), "Published.");
  assert.equal(await gil.page.getByText("No drafts wait.").count(), 1);
  await gil.close();
}

export async function draftsByKeys(desk) {
  const hua = await signedIn(desk, "hua@example.org");
  const { page } = hua;
  const drafts = await takeIn(hua, desk.newsletter, "2020-09-28");
  assert.ok(drafts > 10, `${drafts} drafts`);

  let [keys, marked] = [0, 0];
  const press = (key) => {
    keys += 1;
    return page.keyboard.press(key);
  };
  const leads = (key) => led(page, press(key));
  await leads("r");
  for (let left = drafts; left > 0; left -= 1) {
    assert.match(place(page), DRAFT);
    assert.equal(await page.getByText(`Draft 1 of ${left}`, { exact: true }).count(), 1);
    if (await page.locator(".words mark").count()) marked += 1;
    if (left === drafts) await topicsByKeys(page, press, leads);
    await leads(left === drafts - 1 ? "d" : "p");
    assert.match(await hua.notice(), left === drafts - 1 ? /^Removed/ : /^Published/);
  }
  assert.equal(place(page), "/admin/drafts");
  assert.equal(await page.getByText("No drafts wait.").count(), 1);
  const published = JSON.parse(desk.office.kalends("--json", "event", "list", "--from", "2010-01-01", "--to", "2022-12-31"));
  assert.equal(published.length, drafts - 1);
  // Where a text says “the same day”, there is no date to mark.
  assert.ok(marked > drafts / 2, `of ${drafts} drafts ${marked} have their date marked`);
  assert.ok(keys <= MOST_KEYS, `${keys} keys for ${drafts} drafts, which are more than ${MOST_KEYS}`);
  await hua.close();
  return `${keys} keys for ${drafts} drafts`;
}

/** What is typed into the field is no command, though `p` and `r` are among it. */
async function topicsByKeys(page, press, leads) {
  const here = place(page);
  await press("t");
  assert.equal(await page.evaluate(() => document.activeElement.id), "topics");
  for (const key of "ipr") await press(key);
  await leads("Enter");
  assert.equal(place(page), here);
  assert.match(await page.locator("#topics").inputValue(), /ipr/);
}
