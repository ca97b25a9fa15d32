// What the reader asked for and is not on the page yet. Keys and saving wait for it, so that they meet what was meant.

const LONGEST = 3000; // ms: a slow server holds nobody longer
const OWED = 400; // ms in which typing asks for what belongs to it
const NEWS = /^(live:|load$|revealed|intersect|every)/; // asked by the page itself: nobody waits for it

const requests = new Set();
let owed = 0; // until when a field that asks after a pause may still ask
let told = [];

const isUnderWay = () => requests.size > 0 || performance.now() < owed;

function tell() {
  if (isUnderWay()) return;
  const now = told;
  told = [];
  for (const done of now) done();
}

function quiet() {
  if (!isUnderWay()) return Promise.resolve();
  return new Promise((done) => {
    told.push(done);
    setTimeout(done, LONGEST);
  });
}

document.addEventListener("input", (event) => {
  if (!event.target.matches?.("[hx-trigger*='delay:']")) return;
  owed = performance.now() + OWED;
  setTimeout(tell, OWED + 1);
});

document.addEventListener("htmx:beforeSend", (event) => {
  const { xhr, requestConfig } = event.detail;
  if (requestConfig.elt.matches?.("[hx-trigger*='delay:']")) owed = 0;
  if (NEWS.test(requestConfig.triggeringEvent?.type ?? "load")) return;
  requests.add(xhr);
  // The answer is drawn in "load"; by "loadend" it stands on the page, or there is none.
  xhr.addEventListener("loadend", () => { requests.delete(xhr); tell(); });
});

window.underWay = { quiet, is: isUnderWay };
