// Tries ways of reading on a page as it stands; returns what does not fit in which. Evaluated by ways_of_reading.py.
(ways) => {
  const root = document.documentElement;
  // The deepest parts that stick out of the window: what holds them is only wide because of them.
  const culprits = () => {
    const seen = [...document.body.querySelectorAll("*")].filter((one) => {
      const box = one.getBoundingClientRect();
      return box.width > 0 && one.checkVisibility() && (box.right > root.clientWidth + 1 || box.left < -1) && !one.closest("[data-scrolls], .sr, .skip");
    });
    return seen.filter((one) => !seen.some((other) => other !== one && one.contains(other))).slice(0, 3);
  };
  const named = (one) => `<${one.localName}${one.id ? " #" + one.id : ""} class="${one.getAttribute("class") || ""}"> ${one.textContent.trim().replace(/\s+/g, " ").slice(0, 40)}`;
  // Words that are cut off: their own box hides what does not fit. An ellipsis is a choice, and the whole stands elsewhere.
  const cut = () => [...document.body.querySelectorAll("*")].filter((one) => {
    if (![...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim())) return false;
    const look = getComputedStyle(one);
    if (one.clientWidth <= 1 || one.clientHeight <= 1 || look.textOverflow === "ellipsis" || look.visibility === "hidden") return false;
    if (look.webkitLineClamp !== "none" || one.closest("textarea, select, svg")) return false;
    const hides = (value) => value === "hidden" || value === "clip";
    return hides(look.overflowX) && one.scrollWidth > one.clientWidth + 1 || hides(look.overflowY) && one.scrollHeight > one.clientHeight + 2;
  }).slice(0, 3);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("*{line-height:1.5!important;letter-spacing:.12em!important;word-spacing:.16em!important}p{margin-block-end:2em!important}");
  const LONGER = { a: "á", e: "é", i: "í", o: "ó", u: "ú", n: "ñ", A: "Á", E: "É", I: "Í", O: "Ó", U: "Ú" };
  const kept = [];
  const change = {
    plain: [() => {}, () => {}],
    large: [() => { root.style.fontSize = "200%"; }, () => { root.style.fontSize = ""; }],
    spaced: [() => { document.adoptedStyleSheets.push(sheet); }, () => { document.adoptedStyleSheets.pop(); }],
    backwards: [() => { root.dir = "rtl"; }, () => { root.removeAttribute("dir"); }],
    longer: [() => {
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        if (!/[A-Za-zÀ-ÿ]{2}/.test(node.data) || /[0-9@]/.test(node.data) || node.parentElement.closest("script, style, svg, bdi, .n")) continue;
        kept.push([node, node.data]);
        const words = node.data.trim().split(/\s+/);
        const more = words.join("").length * 0.4;
        let added = "";
        for (const word of words) if (added.length < more) added += " " + word;
        node.data = node.data.replace(/\S[\s\S]*\S|\S/, (text) => `[${(text + added.slice(0, Math.ceil(more) + 1)).replace(/[aeiounAEIOU]/g, (one) => LONGER[one])}]`);
      }
    }, () => { for (const [node, text] of kept.splice(0)) node.data = text; }],
  };
  const found = [];
  for (const way of ways) {
    for (const part of way.split("+")) change[part][0]();
    const over = root.scrollWidth - root.clientWidth;
    if (over > 0) found.push(`${way}: ${over} px too wide: ${culprits().map(named).join("; ")}`);
    const hidden = cut();
    if (hidden.length) found.push(`${way}: words cut off: ${hidden.map(named).join("; ")}`);
    for (const part of way.split("+").reverse()) change[part][1]();
  }
  return found;
}
