// Drawing areas on a picture: each becomes a line of the field, which works without a pointer too.
for (const picture of document.querySelectorAll("[data-areas]")) {
  const field = document.getElementById(picture.dataset.areas);
  let from = null;
  const share = (event) => {
    const box = picture.getBoundingClientRect();
    const cut = (value) => Math.min(100, Math.max(0, value));
    return [cut(((event.clientX - box.left) / box.width) * 100), cut(((event.clientY - box.top) / box.height) * 100)];
  };
  picture.draggable = false;
  picture.addEventListener("pointerdown", (event) => {
    from = share(event);
    picture.setPointerCapture(event.pointerId);
  });
  picture.addEventListener("pointerup", (event) => {
    if (!from) return;
    const to = share(event);
    const area = [Math.min(from[0], to[0]), Math.min(from[1], to[1]), Math.abs(from[0] - to[0]), Math.abs(from[1] - to[1])];
    from = null;
    if (area[2] < 1 || area[3] < 1) return;
    const line = area.map((one) => one.toFixed(1)).join(" ");
    field.value = field.value.trim() ? `${field.value.trim()}\n${line}` : line;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
}
