// Drawing what is taken out on the picture of a page: each area becomes a line of the field beside it, which works
// without a pointer too. A line that is taken out of the field takes its frame away.
for (const picture of document.querySelectorAll("img[data-marks]")) {
  const field = document.querySelector(`#${picture.dataset.marks} textarea[name="areas"]`);
  if (!field) continue;
  const page = picture.dataset.page;
  const sheet = picture.parentElement;
  let from = null;
  let frame = null;

  const share = (event) => {
    const box = picture.getBoundingClientRect();
    const cut = (value) => Math.min(100, Math.max(0, value));
    return [cut(((event.clientX - box.left) / box.width) * 100), cut(((event.clientY - box.top) / box.height) * 100)];
  };
  const area = (to) => [
    Math.min(from[0], to[0]),
    Math.min(from[1], to[1]),
    Math.abs(from[0] - to[0]),
    Math.abs(from[1] - to[1]),
  ];
  const framed = ([left, top, width, height]) => {
    const one = document.createElement("span");
    one.className = "records-frame";
    sheet.append(one);
    fit(one, [left, top, width, height]);
    return one;
  };
  // In shares of the sheet, which is as large as the picture: the frames go along when the window changes.
  const fit = (one, [left, top, width, height]) => {
    one.style.left = `${left}%`;
    one.style.top = `${top}%`;
    one.style.width = `${width}%`;
    one.style.height = `${height}%`;
  };
  const redraw = () => {
    for (const one of sheet.querySelectorAll(".records-frame")) one.remove();
    for (const line of field.value.split("\n")) {
      const numbers = line.trim().split(/[\s,;]+/).map(Number);
      if (numbers.length === 5 && String(numbers[0]) === page && numbers.every(Number.isFinite)) framed(numbers.slice(1));
    }
  };

  picture.draggable = false;
  picture.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    from = share(event);
    frame = framed([...from, 0, 0]);
    picture.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  picture.addEventListener("pointermove", (event) => {
    if (from) fit(frame, area(share(event)));
  });
  picture.addEventListener("pointercancel", () => {
    from = null;
    redraw();
  });
  picture.addEventListener("pointerup", (event) => {
    if (!from) return;
    const drawn = area(share(event));
    from = null;
    if (drawn[2] >= 0.5 && drawn[3] >= 0.5) {
      const line = [page, ...drawn.map((one) => one.toFixed(1))].join(" ");
      field.value = field.value.trim() ? `${field.value.trim()}\n${line}` : line;
    }
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
  field.addEventListener("input", redraw);
  redraw();
}
