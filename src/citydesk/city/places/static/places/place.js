// A place that was chosen among the suggestions goes into the field; the focus stays on the list until Enter.

document.addEventListener("change", (event) => {
  const radio = event.target.closest("[data-place-suggestions] input[type=radio]");
  if (!radio) return;
  const field = radio.form?.elements.place;
  if (field) field.value = radio.closest("label").querySelector(".choices__title").textContent;
});

document.addEventListener("input", (event) => {
  if (event.target.name !== "place") return;
  for (const radio of event.target.form?.querySelectorAll("[data-place-suggestions] input:checked") ?? []) radio.checked = false;
});

// Suggestions come a moment after the words: whoever went on meanwhile keeps in sight where they are.
document.addEventListener("htmx:afterSwap", (event) => {
  const held = document.activeElement;
  if (event.target.matches?.("[data-place-suggestions]") && held !== document.body) held.scrollIntoView({ block: "nearest" });
});

document.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown" && event.target.name === "place") {
    const first = event.target.form?.querySelector("[data-place-suggestions] input[type=radio]");
    if (first) {
      event.preventDefault();
      first.focus();
    }
  }
  if (event.key === "Enter" && event.target.matches("[data-place-suggestions] input[type=radio]")) {
    event.preventDefault();
    event.target.checked = true;
    event.target.dispatchEvent(new Event("change", { bubbles: true }));
    event.target.form?.elements.place?.focus();
  }
});
