// Draws Vega-Lite charts as SVG without eval (the interpreter of vega-embed). Colors come from the page's tokens;
// marks with an address are links. The table beside a chart holds the same figures.

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const DAYS = ["domingo", "lunes", "martes", "miércoles", "jueves", "viernes", "sábado"];
const MONTHS = ["enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"];
const short = (names) => names.map((name) => name.slice(0, 3));
const LOCALE = document.documentElement.lang !== "es" ? {} : {
  timeFormatLocale: {
    dateTime: "%A, %e de %B de %Y, %X", date: "%d/%m/%Y", time: "%H:%M:%S", periods: ["AM", "PM"],
    days: DAYS, shortDays: short(DAYS), months: MONTHS, shortMonths: short(MONTHS),
  },
};

function look() {
  const [ink, quiet, grid] = [token("--ink"), token("--ink-2"), token("--data-grid")];
  return {
    background: "transparent",
    font: "Public Sans Web, Public Sans, sans-serif",
    view: { stroke: null },
    axis: { grid: true, ticks: false, labelPadding: 6, labelColor: quiet, titleColor: quiet, gridColor: grid, domain: false, labelFontSize: 12, titleFontSize: 12, titleFontWeight: 400 },
    axisTemporal: { format: "%-d %b", labelOverlap: true, labelFlush: true },
    axisX: { grid: false, domain: true, domainColor: quiet },
    legend: { orient: "top", title: null, labelColor: ink, titleColor: quiet, labelFontSize: 12, titleFontSize: 12 },
    title: { color: ink, fontSize: 14, fontWeight: 600, anchor: "start" },
    text: { color: ink, fontSize: 12 },
    line: { color: token("--data-1"), strokeWidth: 1.75 },
    bar: { color: token("--data-2") },
    point: { color: token("--data-1"), filled: true, size: 40, opacity: 1 },
    rule: { color: quiet },
    range: { category: [1, 5, 2, 4, 3].map((n) => token(`--data-${n}`)), heatmap: [token("--surface"), token("--data-1")], ramp: [token("--wash"), token("--data-1")] },
  };
}

// Vega opens a mark's address by a click alone. A real link around the mark gives it a name, a key and the browser's menu.
const MANY = 40;

function linked(picture) {
  const marks = [...picture.querySelectorAll("path, line, text")].filter((mark) => mark.__data__?.href);
  for (const mark of marks) {
    const link = document.createElementNS("http://www.w3.org/2000/svg", "a");
    link.setAttribute("href", mark.__data__.href);
    link.setAttribute("aria-label", mark.__data__.description ?? mark.getAttribute("aria-label") ?? "");
    if (marks.length > MANY || mark.tagName === "text") link.setAttribute("tabindex", "-1"); // the table has them all
    for (const name of ["role", "aria-label", "aria-roledescription"]) mark.removeAttribute(name);
    mark.replaceWith(link);
    link.append(mark);
  }
  for (const part of picture.querySelectorAll("[role='graphics-object'], [role='graphics-symbol']")) {
    for (const name of ["role", "aria-label", "aria-roledescription"]) part.removeAttribute(name);
  }
  return marks.length;
}

// What the lines are called stands above them: whole, beside each other as far as the place is wide.
const LETTER = 7, MARK = 40;

function named(spec, width, legend) {
  const longest = Math.max(0, ...(spec.encoding?.color?.sort ?? []).map((name) => LETTER * String(name).length + MARK));
  const columns = longest ? Math.max(1, Math.floor(width / longest)) : undefined;
  return { ...legend, labelLimit: Math.max(160, width - MARK), ...(columns ? { columns } : {}) };
}

async function draw(box) {
  const place = box.querySelector(".chart__drawing");
  let spec;
  try {
    const answer = await fetch(box.dataset.chart, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    spec = await answer.json();
  } catch { return; }
  const width = Math.max(240, place.clientWidth);
  const own = { ...spec.config, ...look(), range: spec.config?.range ?? look().range };
  own.legend = named(spec, width, own.legend);
  const height = Math.max(Number(box.dataset.height), (box.closest(".panel__body")?.clientHeight ?? 0) - 28);
  const drawn = await window.vegaEmbed(place, { ...spec, width, height, config: own }, {
    actions: false, renderer: "svg", ast: true, tooltip: false, defaultStyle: false, ...LOCALE, loader: { target: "_self" },
  });
  const picture = place.querySelector("svg");
  const links = linked(picture);
  picture.setAttribute("role", links ? "group" : "img");
  picture.setAttribute("aria-label", box.dataset.label);
  place.removeAttribute("role");
  place.removeAttribute("aria-roledescription");
  place.removeAttribute("aria-label");
  // At once when the window narrows, not only when it is drawn anew: what scrolls is reached by keys.
  box.watched ??= new ResizeObserver(() => {
    if (place.scrollWidth > place.clientWidth) place.tabIndex = 0;
    else place.removeAttribute("tabindex");
  });
  box.watched.observe(place);
  box.classList.add("is-drawn");
  box.drawn = drawn;
}

// One drawing after the other: a newer one (the window or the theme changed meanwhile) ends an older one, whose width is
// past. `data-charts` on the page says "drawing" until all stand as they will stay.
let newest = 0;
let later = 0; // the timer of a window that is still being drawn to its width
let last = Promise.resolve();

function all() { last = redraw(begin(), last); }

async function redraw(own, before) {
  await before.catch(() => {});
  for (const box of document.querySelectorAll("[data-chart]")) {
    if (own !== newest) return;
    box.drawn?.finalize();
    await draw(box);
  }
  if (own === newest && !later) document.documentElement.dataset.charts = "drawn";
}

function begin() {
  document.documentElement.dataset.charts = "drawing";
  return (newest += 1);
}

if (window.vegaEmbed) {
  all();
  document.querySelector("[data-theme-switch]")?.addEventListener("change", () => { begin(); setTimeout(all); });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", all);
  let wide = innerWidth;
  addEventListener("resize", () => {
    if (innerWidth === wide) return;
    wide = innerWidth;
    clearTimeout(later);
    begin();
    later = setTimeout(() => { later = 0; all(); }, 250);
  });
}
