// Coming in and leaving, the language, and what is typed and not sent.

import assert from "node:assert/strict";

import { signedIn, visitor } from "./visitor.mjs";

export async function signInAndOut(desk, options, name) {
  const email = desk.office.editor(`ada.${name}@example.org`);
  const ada = await visitor(desk, options);
  await ada.go("/admin/events");
  assert.equal(await ada.heading(), "Sign in to the desk");
  await ada.page.getByLabel("Your email address").fill(email);
  await ada.press("Mail me a link");
  assert.equal(await ada.heading(), "Look into your mailbox");

  await ada.go(await desk.office.mailedLink(email));
  assert.equal(await ada.page.getByRole("button").count(), 1);
  assert.equal(await ada.page.getByText("another browser").count(), 0);
  await ada.press("Sign in");
  assert.equal(new URL(ada.page.url()).pathname, "/admin/events", "one comes to the page that was asked for");
  await ada.press("Today");
  assert.equal(await ada.heading(), "Today");
  assert.equal(await ada.page.getByRole("heading", { name: "Weekly" }).count(), 1);

  await ada.press("Sign out");
  assert.equal(await ada.notice(), "You are signed out.");
  await ada.go("/admin");
  assert.equal(await ada.heading(), "Sign in to the desk");
  await ada.close();
}

export async function typedIsKept(desk, options, name) {
  const ben = await signedIn(desk, `ben.${name}@example.org`, options);
  await ben.go("/admin/events/new");
  if (options.javaScriptEnabled) {
    const kept = ben.page.waitForResponse((answer) => answer.url().endsWith("/admin/typed"));
    await ben.field("title").pressSequentially("Half a thought");
    assert.equal((await kept).status(), 204);
    await ben.page.reload();
  } else {
    await ben.field("title").fill("Half a thought");
    await ben.field("start").fill("some day");
    ben.expect(422);
    await ben.press("Save");
    assert.equal(await ben.field("title").inputValue(), "Half a thought");
    assert.match(await ben.page.locator("#start-help").innerText(), /some day/);
    await ben.press("Today");
    await ben.go("/admin/events/new");
  }
  assert.equal(await ben.field("title").inputValue(), "Half a thought");
  assert.match(await ben.notice(), /did not save/);
  await ben.press("Throw it away");
  assert.equal(await ben.field("title").inputValue(), "");

  // What was saved is not offered again.
  await ben.field("title").fill(`A whole thought ${name}`);
  await ben.field("start").fill("1 May 2040");
  // Drafts are counted elsewhere.
  await ben.field("status").selectOption("confirmed");
  await ben.press("Save");
  assert.match(await ben.notice(), /^Added/);
  await ben.go("/admin/events/new");
  assert.equal(await ben.field("title").inputValue(), "");
  await ben.close();
}

export async function language(desk, options, name) {
  const cleo = await signedIn(desk, `cleo.${name}@example.org`, options);
  const spoken = () => cleo.page.locator("html").getAttribute("lang");
  await cleo.go("/admin/events");
  assert.equal(await spoken(), "en");
  await cleo.press("简体中文");
  assert.equal(new URL(cleo.page.url()).pathname, "/admin/events");
  assert.equal(await spoken(), "zh-Hans");
  await cleo.press("今天");
  assert.equal(await cleo.heading(), "今天");
  await cleo.go("/admin/events?from=nonsense");
  assert.match(await cleo.page.getByRole("alert").innerText(), /^填写的内容不对：/);
  await cleo.press("English");
  assert.equal(await spoken(), "en");
  await cleo.close();
}
