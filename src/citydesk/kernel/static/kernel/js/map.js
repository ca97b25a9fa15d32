// Draws the maps of a page with Leaflet: shapes of the city's own polygons and lines, numbered discs, the circle of a search.
// Everything on a map is in the page as text too; without tiles the land is one quiet color.

const ICON = (marker, here) => window.L.divIcon({
  className: `map__disc${here ? " map__disc--here" : ""}`,
  html: marker.number ? String(marker.number).replace(/[^\w]/g, "") : "",
  iconSize: here ? [16, 16] : [20, 20],
});

const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

async function draw(box) {
  const L = window.L;
  const given = JSON.parse(box.dataset.map);
  const still = box.matches(".map--sketch, .map--small");
  const map = L.map(box, {
    zoomControl: !still, attributionControl: Boolean(given.tiles), keyboard: !still, dragging: !still,
    scrollWheelZoom: false, doubleClickZoom: !still, touchZoom: !still, boxZoom: false,
    zoomAnimation: false, fadeAnimation: false, markerZoomAnimation: false, zoomSnap: 0.25,
  });
  map.attributionControl?.setPrefix(false);
  if (given.tiles) L.tileLayer(given.tiles, { maxZoom: 19, attribution: box.dataset.attribution ?? "" }).addTo(map);
  const bounds = L.latLngBounds([]);
  if (given.lat !== null) {
    map.setView([given.lat, given.lon], given.zoom);
    if (given.here) {
      L.marker([given.lat, given.lon], { icon: ICON({}, true), keyboard: false, interactive: false }).addTo(map);
      bounds.extend([given.lat, given.lon]);
    }
  }
  if (given.radius) {
    const ring = L.circle([given.lat, given.lon], {
      radius: given.radius, color: color("--accent"), weight: 1.5, dashArray: "4 4", fill: false, interactive: false,
    }).addTo(map);
    bounds.extend(ring.getBounds());
  }
  for (const one of given.markers) {
    const marker = L.marker([one.lat, one.lon], { icon: ICON(one), title: one.label, alt: one.label, keyboard: Boolean(one.href), interactive: Boolean(one.href) });
    if (one.href) marker.on("click keypress", (event) => { if (!event.originalEvent.key || event.originalEvent.key === "Enter") location.assign(one.href); });
    marker.addTo(map);
    bounds.extend([one.lat, one.lon]);
  }
  if (given.shapes) await shapes(map, given, bounds);
  if (bounds.isValid() && (given.markers.length || given.radius || given.lat === null)) map.fitBounds(bounds, { padding: [12, 12], maxZoom: 17 });
  if (given.pick) picking(box, map);
  new ResizeObserver(() => map.invalidateSize({ animate: false })).observe(box);
}

async function shapes(map, given, bounds) {
  const answer = await fetch(given.shapes, { headers: { Accept: "application/geo+json, application/json" } });
  if (!answer.ok) return;
  const layer = window.L.geoJSON(await answer.json(), {
    style: (shape) => shape.geometry.type.includes("Line")
      ? { color: color("--map-road"), weight: 8, opacity: 1, interactive: false }
      : { color: color("--edge"), weight: 1, fillColor: color("--data-2"), fillOpacity: Number(shape.properties?.share ?? 0.06) },
    pointToLayer: (shape, at) => window.L.circleMarker(at, { radius: 5, color: color("--surface"), weight: 1, fillColor: color("--accent"), fillOpacity: 1 }),
    onEachFeature: (shape, part) => {
      const words = shape.properties?.label ?? shape.properties?.name;
      if (words) part.bindTooltip(document.createTextNode(words).textContent.replace(/</g, "‹"), { sticky: true });
      if (shape.properties?.href) part.on("click", () => location.assign(shape.properties.href));
    },
  }).addTo(map);
  layer.bringToBack?.();
  if (given.lat === null && !given.markers.length) bounds.extend(layer.getBounds());
}

// A press on the map fills the fields the box names: data-pick="lat-id lon-id".
function picking(box, map) {
  const [lat, lon] = (box.dataset.pick ?? "f-lat f-lon").split(" ").map((id) => document.getElementById(id));
  let pin = null;
  map.on("click", (event) => {
    if (!lat || !lon) return;
    pin?.remove();
    pin = window.L.marker(event.latlng, { icon: ICON({}, true), keyboard: false, interactive: false }).addTo(map);
    lat.value = event.latlng.lat.toFixed(6);
    lon.value = event.latlng.lng.toFixed(6);
    lon.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

function all(root) {
  for (const box of root.querySelectorAll?.("[data-map]:not(.is-drawn)") ?? []) {
    box.classList.add("is-drawn");
    draw(box);
  }
}

if (window.L) {
  all(document);
  document.addEventListener("htmx:afterSettle", (event) => all(event.target));
}
