// News from the event stream. A message {"topic": "bulletin", …} becomes the event "live:bulletin" on the body, so that any part
// of a page reloads itself by hx-trigger="live:bulletin from:body". Rows of a list never jump: they are counted and offered.

const { live: address, liveTicket: ticket } = document.body.dataset;
let waits = 1000;
let source = null;

function connect(url) {
  source = new EventSource(url);
  source.addEventListener("open", () => { waits = 1000; });
  source.addEventListener("news", (event) => heard(event.data));
  // After a gap of the database's line the server asks pages to look again at what may have changed meanwhile.
  source.addEventListener("resync", () => say("again", {}));
  source.addEventListener("error", () => { if (source.readyState === EventSource.CLOSED) later(); });
}

// A stream that was refused or closed needs a fresh ticket.
function later() {
  setTimeout(async () => {
    waits = Math.min(60_000, waits * 2);
    try {
      const answer = await fetch(ticket, { cache: "no-store" });
      const { url } = answer.ok ? await answer.json() : {};
      if (url) connect(url); else if (answer.status >= 500) later();
    } catch { later(); }
  }, waits + Math.random() * 1000);
}

function heard(data) {
  let detail = {};
  try { detail = JSON.parse(data); } catch { return; }
  const topic = String(detail.topic ?? "");
  say(topic, detail);
  if (topic.includes(".")) say(topic.split(".")[0], detail); // "user.7" is "user" to a page that is that user's
}

function say(topic, detail) {
  document.body.dispatchEvent(new CustomEvent(`live:${topic}`, { bubbles: true, detail }));
  const own = CSS.escape(topic);
  for (const place of document.querySelectorAll(`[data-changed-on~="${own}"] [data-changed], [data-changed][data-changed-on~="${own}"]`)) changed(place, detail);
}

function changed(place, detail) {
  const known = new Set((place.dataset.ids ?? "").split(" ").filter(Boolean));
  known.add(String(detail.id ?? `${known.size}`));
  place.dataset.ids = [...known].join(" ");
  if (!place.dataset.ask) return counted(place, known.size);
  clearTimeout(place.asking);
  place.asking = setTimeout(() => ask(place, [...known].slice(-200)), 1000);
}

// News tells of the whole city; the list knows which of it belongs to its filter. What stands in it now counts too.
async function ask(place, ids) {
  const asked = new URLSearchParams({ ids: ids.join(","), query: location.search.slice(1) });
  try {
    const answer = await fetch(`${place.dataset.ask}?${asked}`, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const inside = new Set((await answer.json()).ids.map(String));
    for (const id of ids) if (document.querySelector(`tbody input[name="id"][value="${CSS.escape(id)}"]`)) inside.add(id);
    if (inside.size) counted(place, inside.size);
  } catch { /* the next news asks again */ }
}

function counted(place, number) {
  place.querySelector("[data-changed-text]").textContent = number === 1 ? place.dataset.one : place.dataset.many.replace("{n}", number);
  place.querySelector("[data-changed-show]").hidden = false;
}

if (address && "EventSource" in window) {
  connect(address);
  addEventListener("pagehide", () => source?.close());
  addEventListener("pageshow", (event) => { if (event.persisted) later(); });
}
