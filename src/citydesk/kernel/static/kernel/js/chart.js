// Draws Vega-Lite charts as SVG without eval (the interpreter of vega-embed). Colors come from the page's tokens;
// marks with an address are links. The table beside a chart holds the same figures.

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function look() {
  const [ink, quiet, grid] = [token("--ink"), token("--ink-2"), token("--data-grid")];
  return {
    background: "transparent",
    font: "Public Sans Web, Public Sans, sans-serif",
    view: { stroke: null },
    axis: { grid: true, ticks: false, labelPadding: 6, labelColor: quiet, titleColor: quiet, gridColor: grid, domain: false, labelFontSize: 12, titleFontSize: 12, titleFontWeight: 400 },
    axisX: { grid: false, domain: true, domainColor: quiet },
    legend: { orient: "top", title: null, labelColor: ink, titleColor: quiet, labelFontSize: 12, titleFontSize: 12 },
    title: { color: ink, fontSize: 14, fontWeight: 600, anchor: "start" },
    text: { color: ink, fontSize: 12 },
    line: { color: token("--data-1"), strokeWidth: 1.75 },
    bar: { color: token("--data-2") },
    point: { color: token("--data-1"), filled: true, size: 40 },
    rule: { color: quiet },
    range: { category: [1, 5, 2, 4, 3].map((n) => token(`--data-${n}`)), heatmap: [token("--surface"), token("--data-1")], ramp: [token("--wash"), token("--data-1")] },
  };
}

async function draw(box) {
  const place = box.querySelector(".chart__drawing");
  let spec;
  try {
    const answer = await fetch(box.dataset.chart, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    spec = await answer.json();
  } catch { return; }
  const width = Math.max(280, place.clientWidth);
  const own = { ...spec.config, ...look(), range: spec.config?.range ?? look().range };
  const drawn = await window.vegaEmbed(place, { ...spec, width, height: Number(box.dataset.height), config: own }, {
    actions: false, renderer: "svg", ast: true, tooltip: false, defaultStyle: false, loader: { target: "_self" },
  });
  const picture = place.querySelector("svg");
  picture.setAttribute("role", picture.querySelector("a") ? "group" : "img");
  picture.setAttribute("aria-label", box.dataset.label);
  box.classList.add("is-drawn");
  box.drawn = drawn;
}

async function all() {
  for (const box of document.querySelectorAll("[data-chart]")) {
    box.drawn?.finalize();
    await draw(box);
  }
}

if (window.vegaEmbed) {
  all();
  document.querySelector("[data-theme-switch]")?.addEventListener("change", () => setTimeout(all));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", all);
  let later = 0;
  let wide = innerWidth;
  addEventListener("resize", () => {
    if (innerWidth === wide) return;
    wide = innerWidth;
    clearTimeout(later);
    later = setTimeout(all, 250);
  });
}
