// Goes through the desk with Chromium, and tells what is not as it should be.
// `node desk.mjs URL PROGRAM OFFICE NEWSLETTER CHROMIUM [PICTURES [ONLY]]`, in the folder that has the packages.

import { readFileSync } from "node:fs";
import { get } from "node:http";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { gunzipSync } from "node:zlib";

import { aFile, anArticle } from "./articles.mjs";
import { draftsByButtons, draftsByKeys } from "./drafts.mjs";
import { anEdition } from "./editions.mjs";
import { aConflict, anEvent } from "./events.mjs";
import { Office } from "./office.mjs";
import { allPages } from "./pages.mjs";
import { aReader, aSending } from "./sending.mjs";
import { language, signInAndOut, typedIsKept } from "./session.mjs";
import { embedded, followed, lookedUp, mailed, manyDates, printed } from "./site.mjs";

const [base, program, folder, newsletter, chromium, pictures, only] = process.argv.slice(2);
const require = createRequire(`${process.cwd()}/`);
const { chromium: browsers } = require("playwright-core");

const found = [];
const desk = {
  base,
  office: new Office(program, folder),
  newsletter: readFileSync(newsletter, "utf8"),
  picture: `${dirname(newsletter)}/articles/smart-city.png`,
  pictures,
  axe: readFileSync(require.resolve("axe-core/axe.min.js"), "utf8"),
  // Chromium's own sandbox does not work for root, which CI is.
  browser: await browsers.launch({ executablePath: chromium, args: ["--no-sandbox"] }),
  wrong: (what) => found.push(what),
  /** How many octets a page is, as it is sent and as it is read. */
  weight: (path) => weight(new URL(path, base)),
};

async function weight(url) {
  const sent = await new Promise((done, fail) => {
    get(url, { headers: { "accept-encoding": "gzip" } }, async (answer) => done(await answer.toArray())).on("error", fail);
  });
  const octets = Buffer.concat(sent);
  return { gzip: octets.length, plain: gunzipSync(octets).length };
}

/** A scenario may add to its line by what it returns. What it throws is wrong, and the others go on. */
async function go(name, scenario, ...rest) {
  if (only && !name.includes(only)) return;
  const before = found.length;
  let more;
  try {
    more = await scenario(desk, ...rest);
  } catch (error) {
    desk.wrong(stripVTControlCharacters(error.stack ?? String(error)));
  }
  const wrong = found.slice(before);
  console.log(`desk: ${name}${more ? `, ${more}` : ""}${wrong.length ? ": WRONG" : ""}`);
  for (const what of wrong) console.log(`  ${what.replaceAll("\n", "\n  ")}`);
}

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? "with JavaScript" : "without JavaScript";
  for (const [name, scenario] of [
    ["sign in and out", signInAndOut],
    ["an event", anEvent],
    ["a conflict", aConflict],
    ["an edition", anEdition],
    ["an edition on its way", aSending],
    ["an article", anArticle],
    ["a reader", aReader],
    ["a file", aFile],
    ["what is typed is kept", typedIsKept],
    ["another language", language],
    ["something looked up", lookedUp],
    ["the calendar taken", followed],
    ["mail and the way out", mailed],
    ["dates on another site", embedded],
    ["an event on paper", printed],
  ]) {
    await go(`${name}, ${how}`, scenario, { javaScriptEnabled }, javaScriptEnabled ? "on" : "off");
  }
}
await go("drafts by buttons, without JavaScript", draftsByButtons);
await go("drafts by keyboard", draftsByKeys);
await go("all pages", allPages);
// Last: it fills the lists.
await go("many dates", manyDates);

await desk.browser.close();
process.exitCode = found.length ? 1 : 0;
