// Somebody who looks at the desk: a browser context of their own, in which everything that goes wrong is noted.

/** One page in a context of its own. `desk`: see desk.mjs; `options`: of the context. */
export async function visitor(desk, options = {}) {
  const context = await desk.browser.newContext({ locale: "en-GB", reducedMotion: "reduce", ...options });
  context.setDefaultTimeout(20_000);
  // Of the page that is being loaded, and of the next one.
  let [expected, next] = [[], []];
  const begin = () => ([expected, next] = [next, []]);
  const isExpected = (status, url) => expected.includes(`${status} ${new URL(url).pathname}`);

  await context.route(
    (url) => url.origin !== desk.base,
    (route) => {
      desk.wrong(`${route.request().frame().url()} asks another host: ${route.request().url()}`);
      return route.abort();
    },
  );
  context.on("response", (answer) => {
    if (answer.status() < 400 || isExpected(answer.status(), answer.url())) return;
    desk.wrong(`${answer.url()} was answered with ${answer.status()}`);
  });
  context.on("console", (message) => {
    if (message.type() !== "error") return;
    const status = message.text().match(/^Failed to load resource: .* status of (\d+)/)?.[1];
    if (status && isExpected(status, message.location().url)) return;
    desk.wrong(`${message.location().url} on the console: ${message.text()}`);
  });
  context.on("weberror", (failure) => desk.wrong(`${failure.page()?.url()}: ${failure.error()}`));

  const page = await context.newPage();
  const url = (path) => new URL(path, desk.base).href;
  return {
    page,
    context,
    go: (path) => {
      begin();
      return page.goto(url(path));
    },
    /** The next page is a refusal, of which Chromium writes a line to the console. */
    expect: (status, path = new URL(page.url()).pathname) => next.push(`${status} ${path}`),
    /** Presses a button or follows a link, and waits until the page that it leads to is there. */
    press: (name, within = page) => {
      begin();
      return led(page, button(within, name).click());
    },
    /** Sends the page's first form, whatever its button is called. */
    post: () => {
      begin();
      return led(page, page.locator("form[method=post] button").first().click());
    },
    /** What the page says of what was done. */
    notice: () => page.getByRole("status").first().innerText(),
    heading: () => page.getByRole("heading", { level: 1 }).innerText(),
    field: (name) => page.locator(`form.event-form [name="${name}"]`),
    close: () => context.close(),
  };
}

/** Somebody whose session has begun. */
export async function signedIn(desk, email, options) {
  const somebody = await visitor(desk, options);
  await somebody.go(desk.office.link(email));
  await somebody.press("Sign in");
  return somebody;
}

/** Waits for what an act leads to, with the answer of its page. */
export async function led(page, act) {
  const [answer] = await Promise.all([page.waitForNavigation(), act]);
  return answer;
}

const button = (within, name) =>
  within.getByRole("button", { name, exact: true }).or(within.getByRole("link", { name, exact: true })).first();
