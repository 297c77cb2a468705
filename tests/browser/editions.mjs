// What goes out next is shaped.

import assert from "node:assert/strict";

import { signedIn } from "./visitor.mjs";

export async function anEdition(desk, options, name) {
  const title = `Congress ${name}`;
  const id = desk.office.add(title, "--on", `${new Date().getUTCFullYear() + 1}-05-06`);
  const jo = await signedIn(desk, `jo.${name}@example.org`, options);
  await jo.press("Editions");
  await jo.press("Weekly");
  const entry = jo.page.locator("li.entry").filter({ hasText: title });
  for (const [button, isOut] of [["Leave out", true], ["Take it in again", false]]) {
    await jo.press(button, entry);
    assert.equal(await entry.locator("s").count(), isOut ? 1 : 0, `after “${button}”`);
  }
  await jo.press("Put first", entry);
  assert.equal(await entry.getByRole("button", { name: "Not first" }).count(), 1);

  const words = `Words of ${name}, **aloud**`;
  await jo.page.locator("textarea#text").fill(words);
  await jo.press("Save");
  assert.equal(await jo.page.locator("textarea#text").inputValue(), words);
  const mail = await (await jo.press("The same as plain text")).text();
  assert.ok(mail.includes(`Words of ${name}`) && mail.includes(title), mail);
  // What others look at is as it was.
  desk.office.kalends("event", "remove", `${id}`, "--yes");
  await jo.close();
}
