"""Hands on the keyboard alone: every step has a visible focus, and the focus is never lost to the page.

A step is what a person does knowingly: going to a control, pressing a key, typing a text. With a mouse a click is two
of them, going there and pressing. A task must not take more than one and a half times the mouse's steps.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from playwright.sync_api import TimeoutError as TooLate

from tests.journeys.heard import Heard

MOST_TIMES = 1.5
OUTLINE = 2  # pixels

# Where the focus is, whether it can be seen there, or on what stands for it (a label that draws its hidden radio), and
# whether something that stays on top (a bar, a strip) lies over it.
FOCUS = """(least) => {
  const held = document.activeElement;
  if (!held || held === document.body || held === document.documentElement) return { lost: true };
  const draws = (one) => {
    if (!one) return false;
    const look = getComputedStyle(one);
    return (look.outlineStyle !== "none" && parseFloat(look.outlineWidth) >= least) || look.boxShadow !== "none";
  };
  const label = held.closest("label");
  const stand = [held, label, held.nextElementSibling, held.parentElement, held.closest("tr"),
    ...(label?.querySelectorAll("*") ?? []), ...held.querySelectorAll("td")];
  const seen = stand.find(draws);
  const around = seen ?? held;
  const box = around.getBoundingClientRect();
  const isOnPage = box.bottom > 0 && box.top < innerHeight;
  const inside = (share, from, size, most) => Math.min(most - 1, Math.max(0, from + size * share));
  const isFree = !isOnPage || box.width === 0 || [0.5, 0.1, 0.9].some((down) => [0.5, 0.02, 0.98].some((along) => {
    const [x, y] = [inside(along, box.left, box.width, innerWidth), inside(down, box.top, box.height, innerHeight)];
    const top = document.elementFromPoint(x, y);
    return top && (around.contains(top) || held.contains(top) || top.contains(around) || label?.contains(top));
  }));
  return { lost: false, isSeen: Boolean(seen), isOnPage, isFree, what: held.outerHTML.slice(0, 160) };
}"""
IS_SEEN = f"""(least) => {{
  const focus = ({FOCUS})(least);
  return !focus.lost && focus.isSeen && focus.isOnPage && focus.isFree;
}}"""
CHOSEN = "(words) => Boolean(document.activeElement.selectedOptions?.[0]?.textContent.includes(words))"
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
        self.page, self.steps = page, 0
        for name in MOUSE:
            setattr(page, name, None)
        self.heard = Heard("")

    @contextmanager
    def task(self, name: str, *, clicks: int, texts: int = 0) -> Iterator["Hands"]:
        """A task of which a mouse would take so many clicks and texts; the focus is free to go on at its end, and what
        a screen reader is told at its beginning and its end is what is kept (`heard`)."""
        self.steps, self.heard = 0, Heard(name)
        try:
            self.hear("as it begins")
            yield self
            steps, mouse = self.steps, 2 * clicks + texts
            assert steps <= MOST_TIMES * mouse, f"{steps} steps by keyboard, {mouse} by mouse"
            self.hear("as it ends")
            self.heard.compare()
            self.free()
        except BaseException as error:
            error.add_note(f"By keyboard alone: {name}, on {self.page.url}")
            raise
        print(f"by keyboard: {name}: {steps} steps, {mouse} by mouse")

    def hear(self, state: str) -> "Hands":
        """Note what a screen reader is told in this state of the task."""
        self.settled()
        self.heard.take(self.page, state)
        return self

    def free(self) -> None:
        """Tab leads on from where the focus is: it is in no trap."""
        self.settled()
        places = set()
        for _step in range(3):
            self.page.keyboard.press("Tab")
            places.add(self.page.evaluate("() => document.activeElement.dataset.held ??= String(Math.random())"))
        assert len(places) > 1, f"The focus stays at {self.page.evaluate('document.activeElement.outerHTML')}"

    def settled(self) -> None:
        """The page is drawn, its scripts are there, and every answer that was asked for stands on it."""
        self.page.wait_for_function("() => document.readyState === 'complete' && !window.underWay?.is()")

    def look(self) -> None:
        """The focus is somewhere, and one sees where: the moment in which an answer is drawn is waited for."""
        self.settled()
        with suppress(TooLate):
            self.page.wait_for_function(IS_SEEN, arg=OUTLINE)
        focus = self.page.evaluate(FOCUS, OUTLINE)
        assert not focus["lost"], f"The focus is lost on {self.page.url}"
        assert focus["isSeen"], f"The focus is not to be seen: {focus['what']}"
        assert focus["isOnPage"], f"The focus is outside the window: {focus['what']}"
        assert focus["isFree"], f"Something lies over the focus: {focus['what']}"

    def press(self, *keys: str) -> "Hands":
        """Press keys, one after the other, on a page that hears them."""
        for key in keys:
            self.settled()
            self.steps += 1
            self.page.keyboard.press(key)
        return self

    def type(self, text: str) -> "Hands":
        """Type into what has the focus."""
        self.look()
        self.steps += 1
        self.page.keyboard.type(text)
        return self

    def pick(self, words: str) -> "Hands":
        """Choose in the list that has the focus: by its first word as one types, from there by the arrows."""
        self.look()
        self.steps += 1
        self.page.keyboard.type(words.split()[0])
        options = self.page.evaluate("() => document.activeElement.options.length")
        for key in ["", "Home", *["ArrowDown"] * options]:
            if key:
                self.page.keyboard.press(key)
            if self.page.evaluate(CHOSEN, words):
                return self
        raise AssertionError(f"The list has no {words}, on {self.page.url}")

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
        self.steps += 1
        self.settled()
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

    def at(self, address: str) -> "Hands":
        """Until the page is at such an address, drawn and answered."""
        self.page.wait_for_url(address)
        self.settled()
        return self

    def enter(self, selector: str, text: str) -> "Hands":
        """Tab to a field and type."""
        return self.reach(selector).type(text)
