// An article with a picture, and a file whose dates become drafts.

import assert from "node:assert/strict";

import { signedIn } from "./visitor.mjs";

export async function anArticle(desk, options, name) {
  const jo = await signedIn(desk, `jo.article.${name}@example.org`, options);
  await jo.press("Articles");
  await jo.press("New article");
  await jo.field("title").fill(`A city ${name}`);
  await jo.field("body").fill("Some *words*.");
  await jo.press("Save");
  assert.match(await jo.notice(), /^Added/);
  await jo.page.getByLabel("File").setInputFiles(desk.picture);
  await jo.page.getByLabel("What it shows, in words").fill("A map");
  await jo.press("Add");
  assert.match(await jo.field("body").inputValue(), /^Some \*words\*\.\s+!\[A map\]\(\/media\/[^)]+\)\s*$/);
  const shown = jo.page.getByRole("img", { name: "A map" });
  assert.ok(await shown.evaluate((image) => image.decode().then(() => image.naturalWidth > 0)), "the picture is shown");
  await jo.field("status").selectOption("published");
  await jo.press("Save");
  assert.match(await jo.notice(), /^Saved/);
  await jo.press("As readers see it");
  assert.equal(await jo.page.getByRole("img", { name: "A map" }).count(), 1);
  await jo.close();
}

export async function aFile(desk, options, name) {
  const jo = await signedIn(desk, `jo.file.${name}@example.org`, options);
  await jo.press(/^Drafts/);
  await jo.page.getByLabel("or choose a file").setInputFiles({
    name: "notice.txt",
    mimeType: "text/plain",
    buffer: Buffer.from(`The ${name === "on" ? "Ninth" : "Tenth"} Forum on Dams will be held in Wuhan on 5 October 2041.\n`),
  });
  await jo.press("Find dates");
  assert.match(await jo.notice(), /^One draft/);
  for (const box of await jo.page.getByRole("checkbox").all()) await box.check();
  await jo.press("Drop");
  await jo.press("Remove");
  await jo.close();
}
