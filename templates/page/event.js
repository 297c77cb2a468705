// The page tells the event's own hour; with this it tells the reader's too, where that is another.
for (const hours of document.querySelectorAll("[data-begins]")) {
  const { begins, ends, zone, say } = hours.dataset;
  const format = { weekday: "long", year: "numeric", month: "long", day: "numeric", hour: "numeric", minute: "2-digit", timeZoneName: "short" };
  const { lang } = document.documentElement;
  const [spoken] = lang.split("-");
  const language = navigator.languages.find((it) => it.split("-")[0] === spoken) ?? lang;
  const from = new Date(begins);
  const clock = (timeZone) => from.toLocaleString("en", { timeZone, dateStyle: "short", timeStyle: "short" });
  try {
    const here = new Intl.DateTimeFormat(language, format);
    const isSame = clock(zone) === clock(undefined);
    hours.textContent = isSame ? "" : `${say} ${ends ? here.formatRange(from, new Date(ends)) : here.format(from)}`;
    if (!isSame) hours.hidden = false;
  } catch {
    // A browser that does not know the zone: what stands there stays.
  }
}
