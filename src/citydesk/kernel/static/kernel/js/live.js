// News from the event stream. A message {"topic": "bulletin", …} becomes the event "live:bulletin" on the body, so that any part
// of a page reloads itself by hx-trigger="live:bulletin from:body". Rows of a list never jump: they are counted and offered.

const address = document.body.dataset.live;
let waits = 1000;
let source = null;

function connect() {
  source = new EventSource(address);
  source.addEventListener("open", () => { waits = 1000; });
  source.addEventListener("message", (event) => heard("message", event.data));
  for (const topic of (document.body.dataset.liveTopics ?? "bulletin help queue contact presence").split(" ")) {
    source.addEventListener(topic, (event) => heard(topic, event.data));
  }
  source.addEventListener("error", () => {
    if (source.readyState !== EventSource.CLOSED) return;
    setTimeout(connect, waits + Math.random() * 1000);
    waits = Math.min(60_000, waits * 2);
  });
}

function heard(topic, data) {
  let detail = {};
  try { detail = JSON.parse(data || "{}"); } catch { return; }
  const name = detail.topic ?? topic;
  document.body.dispatchEvent(new CustomEvent(`live:${name}`, { bubbles: true, detail }));
  for (const place of document.querySelectorAll(`[data-changed-on="${CSS.escape(name)}"] [data-changed], [data-changed][data-changed-on="${CSS.escape(name)}"]`)) changed(place, detail);
}

function changed(place, detail) {
  const known = new Set((place.dataset.ids ?? "").split(" ").filter(Boolean));
  known.add(String(detail.id ?? `${known.size}`));
  place.dataset.ids = [...known].join(" ");
  place.querySelector("[data-changed-text]").textContent = known.size === 1 ? place.dataset.one : place.dataset.many.replace("{n}", known.size);
  place.querySelector("[data-changed-show]").hidden = false;
}

if (address && "EventSource" in window) {
  connect();
  addEventListener("pagehide", () => source?.close());
  addEventListener("pageshow", (event) => { if (event.persisted) connect(); });
}
