// An edition on its way: tried, sent, watched, stopped; a mail that did not go; and a reader who is forgotten.

import assert from "node:assert/strict";
import { renameSync, writeFileSync, rmSync } from "node:fs";

import { signedIn } from "./visitor.mjs";

/** What a watched page waits for: with a script it is there by itself, without one by looking again. */
async function comesUp(somebody, name, scripts) {
  if (!scripts) await somebody.go(new URL(somebody.page.url()).pathname);
  await somebody.page.getByRole("button", { name, exact: true }).waitFor();
}

export async function aSending(desk, options, name) {
  const { office } = desk;
  const scripts = options.javaScriptEnabled;
  const id = office.add(`Assembly ${name}`, "--on", `${new Date().getUTCFullYear() + 1}-07-08`);
  // On a clock far behind the office's it is time later: the edition is under way until then.
  office.kalends("subscriber", "add", `late.${name}@example.org`, "--confirmed", "--tz", "Pacific/Honolulu");
  const { number } = JSON.parse(office.kalends("--json", "digest", "send", "weekly", "--per-reader-time", "--yes"));
  const jo = await signedIn(desk, `jo.sending.${name}@example.org`, options);
  await jo.press("Editions");
  await jo.press(`weekly/${number}`);
  assert.match(await jo.page.locator("section").filter({ hasText: "How its sending goes" }).innerText(), /On its way/);
  // Somebody else stops it: who watches sees it.
  office.kalends("digest", "stop", `weekly/${number}`);
  await comesUp(jo, "Send the rest", scripts);
  await jo.press("Send the rest");
  await comesUp(jo, "Stop sending", scripts);
  await jo.press("Stop sending");
  await jo.page.getByText("Give it up", { exact: true }).click();
  await jo.press("Give it up now");
  assert.match(await jo.notice(), /^Saved/);

  // The folder that mails are written into is gone for a while.
  const outbox = `${office.folder}/data/outbox`;
  await jo.press("Editions");
  await jo.press("Weekly");
  renameSync(outbox, `${outbox}.away`);
  writeFileSync(outbox, "no folder");
  try {
    await jo.page.getByLabel("In the place of the next one of the schedule").uncheck();
    await jo.press("See to whom it would go");
    await jo.press("Send it now");
    const failed = jo.page.getByRole("link", { name: /tried again|failed/ });
    if (!scripts) await jo.page.waitForTimeout(1500).then(() => jo.page.reload());
    await failed.first().waitFor();
  } finally {
    rmSync(outbox);
    renameSync(`${outbox}.away`, outbox);
  }
  await jo.page.reload();
  await jo.press("Send again what did not go");
  assert.match(await jo.notice(), /sent again/);
  await jo.close();
  office.kalends("event", "remove", `${id}`, "--yes");
}

export async function aReader(desk, options, name) {
  const address = `bea.${name}@example.org`;
  const jo = await signedIn(desk, `jo.reader.${name}@example.org`, options);
  await jo.press("Readers");
  const form = jo.page.locator("form").filter({ hasText: "How they agreed" });
  await form.getByLabel("Address").fill(address);
  await form.getByLabel("How they agreed").fill("at the fair");
  await jo.press("Add a reader", form);
  await jo.press("Forget");
  await jo.press("Forget for good");
  assert.match(await jo.notice(), /^Forgotten/);
  assert.ok(!desk.office.kalends("subscriber", "list").includes(address));
  await jo.close();
}
