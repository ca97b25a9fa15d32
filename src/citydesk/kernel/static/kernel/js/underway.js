// What the reader asked for and is not on the page yet. Keys and saving wait for it, so that they meet what was meant.

const LONGEST = 3000; // ms: a slow server holds saving no longer
const OWED = 400; // ms in which typing asks for what belongs to it
const NEWS = /^(live:|load$|revealed|intersect|every)/; // asked by the page itself: nobody waits for it

const requests = new Set();
const owed = new Map(); // fields that ask after a pause and may still ask, each with the timer that lets it go
let told = [];

const isUnderWay = () => requests.size > 0 || owed.size > 0;

function tell() {
  if (isUnderWay()) return;
  const now = told;
  told = [];
  for (const done of now) done();
}

// A timer, not the clock: a busy browser is late with both, but lets the field ask before it lets it go.
function settle(field) {
  clearTimeout(owed.get(field));
  if (owed.delete(field)) tell();
}

function quiet(longest = LONGEST) {
  if (!isUnderWay()) return Promise.resolve();
  return new Promise((done) => {
    told.push(done);
    setTimeout(done, longest);
  });
}

document.addEventListener("input", (event) => {
  if (!event.target.matches?.("[hx-trigger*='delay:']")) return;
  clearTimeout(owed.get(event.target));
  owed.set(event.target, setTimeout(() => settle(event.target), OWED));
});

document.addEventListener("htmx:beforeSend", (event) => {
  const { xhr, requestConfig } = event.detail;
  if (!NEWS.test(requestConfig.triggeringEvent?.type ?? "load")) requests.add(xhr);
  settle(requestConfig.elt);
  // The answer is drawn in "load"; by "loadend" it stands on the page, or there is none.
  xhr.addEventListener("loadend", () => { requests.delete(xhr); tell(); });
});

window.underWay = { quiet, is: isUnderWay };
