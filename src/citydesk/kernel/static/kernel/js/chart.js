// Draws the charts of a page: SVG, no eval (expressions are interpreted), nothing fetched but the specification itself.
// <figure data-chart="address of the specification" data-label="what it shows" data-height="260">, or with a
// <script type="application/json"> inside instead of an address. The table beside says the same, so a failure is quiet.

// `ast` has vega-embed interpret expressions instead of compiling them; the style elements it would insert stay out.
const OPTIONS = { actions: false, renderer: "svg", ast: true, mode: "vega-lite", defaultStyle: false, tooltip: false };

function closedLoader() {
  const loader = window.vega.loader();
  // A specification may hold data and links to this site's pages, and load nothing.
  return {
    ...loader,
    load: () => Promise.reject(new Error("charts load nothing")),
    sanitize: async (address, options) => {
      const target = new URL(address, document.baseURI);
      if (target.origin !== location.origin) throw new Error("charts link to this site only");
      return { href: target.href, target: options?.target };
    },
  };
}

async function specificationOf(figure) {
  const inside = figure.querySelector('script[type="application/json"]');
  if (inside) return JSON.parse(inside.textContent);
  const answer = await fetch(figure.dataset.chart, { headers: { Accept: "application/json" }, credentials: "same-origin" });
  if (!answer.ok) throw new Error(`chart: ${answer.status}`);
  return answer.json();
}

// Marks with links are reached by Tab and named by what they say; a chart without links is one picture.
function describe(figure, drawing) {
  const svg = drawing.querySelector("svg");
  if (!svg) return;
  const links = svg.querySelectorAll("a");
  svg.setAttribute("role", links.length ? "group" : "img");
  svg.setAttribute("aria-label", figure.dataset.label || "");
  for (const link of links) {
    const mark = link.querySelector("[aria-label]");
    if (mark) link.setAttribute("aria-label", mark.getAttribute("aria-label"));
    link.removeAttribute("target");
  }
}

async function draw(figure) {
  const drawing = figure.querySelector(".chart__drawing") || figure;
  figure.dataset.drawn = "yes";
  try {
    const specification = await specificationOf(figure);
    const height = Number(figure.dataset.height);
    if (height) specification.height = height;
    await window.vegaEmbed(drawing, specification, { ...OPTIONS, loader: closedLoader() });
    describe(figure, drawing);
    figure.classList.add("chart--drawn");
  } catch (error) {
    figure.dataset.drawn = "no";
    console.warn("chart not drawn", error);
  }
}

function drawAll(root) {
  for (const figure of root.querySelectorAll("figure[data-chart]:not([data-drawn])")) draw(figure);
}

drawAll(document);
document.addEventListener("htmx:afterSettle", (event) => drawAll(event.target));
