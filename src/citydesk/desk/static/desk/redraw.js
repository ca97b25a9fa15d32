// Parts of the contact screen are drawn anew by answers that overlap. Four rules keep what the clerk did:
// a part is never overwritten by an answer to an older question; a part in which something was chosen or typed since the
// question was asked is left alone (its own answer is on its way), and so is a part whose own question is under way (htmx
// finds no place for the answer to an element that was taken off the page); while an outcome is noted, nothing else asks.

const form = () => document.getElementById("contact");
const drawn = new Map(); // part -> number of the question it was drawn for
const touched = new WeakMap();
let asked = 0;
let answering = 0; // the question whose answer is being drawn
const askers = new Map(); // question -> the element that asked it
const noting = new Set();
let afterwards = [];

// What comes by itself (.bulletins) stands within the form and is none of it.
const isOurs = (element) => !element.closest?.(".bulletins") && (element.form?.id === "contact" || Boolean(element.closest?.("#contact")));
const isNote = (path) => /\/(note|forget)\/$/.test(path);

// How many questions were asked when a control was last touched; before the control itself asks.
for (const name of ["input", "change"]) document.addEventListener(name, (event) => touched.set(event.target, asked), true);

document.addEventListener("htmx:confirm", (event) => {
  if (!noting.size || !isOurs(event.detail.elt) || isNote(event.detail.path)) return;
  event.preventDefault();
  afterwards.push(() => event.detail.issueRequest(true));
});

document.addEventListener("htmx:beforeSend", (event) => {
  const { xhr, requestConfig } = event.detail;
  if (!form() || !isOurs(requestConfig.elt)) return;
  const number = (asked += 1);
  askers.set(number, requestConfig.elt);
  if (isNote(requestConfig.path)) noting.add(xhr);
  // htmx draws the answer in "load", which follows at once.
  xhr.addEventListener("readystatechange", () => { if (xhr.readyState === 4) answering = number; });
  xhr.addEventListener("loadend", () => {
    answering = 0;
    askers.delete(number);
    if (!noting.delete(xhr) || noting.size) return;
    const waiting = afterwards;
    afterwards = [];
    for (const ask of waiting) ask();
  });
});

document.addEventListener("htmx:oobBeforeSwap", (event) => {
  const { target, fragment } = event.detail;
  if (target.id === "draft-version") {
    const given = fragment.querySelector?.("#draft-version")?.value;
    if (Number(given) < Number(target.value)) event.detail.shouldSwap = false;
    return;
  }
  if (!answering || !form()?.contains(target)) return;
  const isOlder = (drawn.get(target.id) ?? 0) > answering;
  const isTouched = [...target.querySelectorAll("input, select, textarea")].some((one) => touched.get(one) >= answering);
  const isAsking = [...askers].some(([number, one]) => number !== answering && target.contains(one));
  if (isOlder || isTouched || isAsking) event.detail.shouldSwap = false;
  else drawn.set(target.id, answering);
});
