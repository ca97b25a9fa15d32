"""The contact screen as a clerk's hands use it."""

import re

from citydesk.desk.tests.contact_city import kept, quiet


class Contact:
    """One contact in front of a clerk."""

    def __init__(self, page) -> None:
        self.page = page

    @classmethod
    def new(cls, page) -> "Contact":
        """Press F2 wherever one is in the desk; a contact that stood in front is parked by it."""
        if "/desk/" not in page.url:
            page.goto("/desk/contact/")
        before = page.url
        page.keyboard.press("F2")
        page.wait_for_url(lambda url: url != before and re.search(r"/desk/contact/\d+/", url) is not None)
        page.wait_for_selector("#f-words:focus")
        return cls(page)

    def words(self, text: str) -> "Contact":
        """What they say, in their words."""
        self.page.focus("#f-words")
        self.page.keyboard.type(text, delay=3)
        return self.settled()

    def settled(self) -> "Contact":
        """Wait until no part of the form is being drawn anew."""
        quiet(self.page)
        return self

    def code(self, code: str) -> "Contact":
        """Take a suggested code by the digit it wears."""
        chosen = f"[name=code][value={code}]"
        self.page.wait_for_selector(chosen, state="attached")
        digit = self.page.get_attribute(chosen, "data-alt")
        self.page.keyboard.press(f"Alt+{digit}")
        self.page.wait_for_selector(f"{chosen}:checked", state="attached")
        return self.settled()

    def where(self, text: str) -> "Contact":
        """An address of the city."""
        self.page.fill("#f-where", text)
        self.page.wait_for_selector("#part-place .facts-line b")
        return self.settled()

    def answer(self, question: str, value: str) -> "Contact":
        """One question of the code."""
        self.page.check(f"[name='q.{question}'][value={value}]", force=True)
        return self.settled()

    def who(self, text: str) -> "Contact":
        """Somebody known, by a fragment: the first that is found."""
        self.page.fill("#f-who", text)
        self.page.wait_for_selector("#part-people [name=customer][data-alt]", state="attached")
        digit = self.page.get_attribute("#part-people [name=customer][data-alt]", "data-alt")
        self.page.keyboard.press(f"Alt+{digit}")
        self.page.wait_for_selector("[name=customer]:checked", state="attached")
        return self.settled()

    def refuse_name(self) -> "Contact":
        """The caller gives no name."""
        self.page.check("#f-name_refused", force=True)
        return self.settled()

    def language(self, code: str) -> "Contact":
        """The language they speak."""
        self.page.click("[data-opens=contact-about]")
        self.page.select_option("#f-language", code)
        self.settled().page.keyboard.press("Escape")
        return self

    def tell_by(self, way: str) -> "Contact":
        """How they want to be told."""
        self.page.select_option("#f-tell_by", way)
        return self.settled()

    def kept(self) -> "Contact":
        """Wait until the server has everything."""
        kept(self.page)
        return self

    def save(self) -> str:
        """Save and read; the contact's number."""
        self.page.keyboard.press("F12")
        self.page.wait_for_selector("#saved-number, #error-summary")
        refused = self.page.locator("#error-summary")
        assert not refused.count(), refused.inner_text()
        self.page.wait_for_selector("#saved-number:focus")
        return self.page.url.rstrip("/").rsplit("/", 1)[1]


def saved_numbers(page) -> list[str]:
    """The numbers of the requests on the page after saving."""
    return re.findall(r"SR-\d\d-\d{6}-\w", page.inner_text("main"))
