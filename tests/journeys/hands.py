"""Hands on the keyboard alone: every step has a visible focus, and the focus is never lost to the page."""

# Where the focus is, whether it can be seen there, or on what stands for it (a label that draws its hidden radio).
FOCUS = """() => {
  const held = document.activeElement;
  if (!held || held === document.body || held === document.documentElement) return { lost: true };
  const draws = (one) => {
    if (!one) return false;
    const look = getComputedStyle(one);
    return (look.outlineStyle !== "none" && parseFloat(look.outlineWidth) > 0) || look.boxShadow !== "none";
  };
  const label = held.closest("label");
  const isSeen = [held, label, held.nextElementSibling, held.parentElement, held.closest("tr")].some(draws)
    || [...(label?.querySelectorAll("*") ?? []), ...held.querySelectorAll("td")].some(draws);
  const box = held.getBoundingClientRect();
  return { lost: false, isSeen, isOnPage: box.bottom > 0 && box.top < innerHeight, what: held.outerHTML.slice(0, 160) };
}"""
MOUSE = (
    "click",
    "dblclick",
    "check",
    "uncheck",
    "select_option",
    "hover",
    "tap",
    "set_checked",
    "drag_and_drop",
    "fill",
)


class Hands:
    """A page whose mouse was put away."""

    def __init__(self, page) -> None:
        self.page = page
        for name in MOUSE:
            setattr(page, name, None)

    def look(self) -> None:
        """The focus is somewhere, and one sees where."""
        self.page.wait_for_function("() => !window.underWay?.is()")
        focus = self.page.evaluate(FOCUS)
        assert not focus["lost"], f"The focus is lost on {self.page.url}"
        assert focus["isSeen"], f"The focus is not to be seen: {focus['what']}"
        assert focus["isOnPage"], f"The focus is outside the window: {focus['what']}"

    def press(self, *keys: str) -> "Hands":
        """Press keys, one after the other."""
        for key in keys:
            self.page.keyboard.press(key)
        return self

    def type(self, text: str) -> "Hands":
        """Type into what has the focus."""
        self.look()
        self.page.keyboard.type(text, delay=5)
        return self

    def has(self, selector: str) -> bool:
        """Whether the focus is on such an element; after ` >> ` stand words in it."""
        selector, _mark, words = selector.partition(" >> ")
        return self.page.evaluate(
            "([selector, words]) => Boolean(document.activeElement?.matches(selector)"
            " && document.activeElement.textContent.includes(words))",
            [selector, words],
        )

    def reach(self, selector: str, *, back: bool = False, within: int = 120) -> "Hands":
        """Tab (or Shift Tab) until such an element has the focus."""
        for _step in range(within):
            if self.has(selector):
                self.look()
                return self
            self.page.keyboard.press("Shift+Tab" if back else "Tab")
        raise AssertionError(f"The keyboard does not reach {selector} on {self.page.url}")

    def wait(self, selector: str) -> "Hands":
        """Until the page shows it."""
        self.page.wait_for_selector(selector)
        return self

    def enter(self, selector: str, text: str) -> "Hands":
        """Tab to a field and type."""
        return self.reach(selector).type(text)
