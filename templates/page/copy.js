// The page works without this; with it, a button copies the calendar's address, or the page's.
const done = (button) => {
  const label = button.textContent;
  button.textContent = button.dataset.done;
  setTimeout(() => (button.textContent = label), 2000);
};
for (const button of document.querySelectorAll("[data-copy]")) {
  const field = document.getElementById(button.dataset.copy);
  button.hidden = false;
  button.addEventListener("click", async () => {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      document.execCommand("copy");
    }
    done(button);
  });
}
for (const button of document.querySelectorAll("[data-link]")) {
  // Where pages may not write to the clipboard, there is the address bar.
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.link);
    done(button);
  });
}
