"""A person without a mouse: they come to each thing by Tab, and must see where they are."""

from __future__ import annotations

from playwright.sync_api import Page

# What a person hears or reads of the thing they have come to, and whether they can see that they are there.
HERE = """() => {
    const here = document.activeElement;
    if (here === document.body) return ["", true];
    const labels = [...(here.labels || [])].map((label) => label.textContent).join(" ");
    const own = here.tagName === "INPUT" ? here.value : here.textContent;
    const style = getComputedStyle(here), box = here.getBoundingClientRect();
    const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1 || style.boxShadow !== "none";
    const inView = box.bottom > 0 && box.top < innerHeight && box.width > 0;
    return [(here.getAttribute("aria-label") || labels || own).replace(/\\s+/g, " ").trim(), ring && inView];
}"""
FAR = 150


class Keyboard:
    """The keyboard of somebody whose page is `page`."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def to(self, name: str) -> None:
        """Go on by Tab to the next thing whose name begins so. Every stop on the way must be seen."""
        passed = []
        for _ in range(FAR):
            self.page.keyboard.press("Tab")
            here, is_seen = self.page.evaluate(HERE)
            assert is_seen, f"Nobody can see that the keyboard is at {here!r} of {self.page.url}."
            if here.startswith(name):
                return
            passed.append(here)
        raise AssertionError(f"Tab does not come to {name!r} on {self.page.url}, but to: {', '.join(passed)}")

    def press(self, name: str) -> None:
        """Go to a link or button, press Enter, and be on the page it leads to."""
        self.to(name)
        self.go_on("Enter")

    def go_on(self, key: str) -> None:
        """Press a key that leads to another page."""
        with self.page.expect_navigation():
            self.page.keyboard.press(key)

    def open(self, name: str) -> None:
        """Go to the summary of something folded, and open it."""
        self.to(name)
        self.page.keyboard.press("Enter")

    def tick(self, name: str) -> None:
        """Go to a box, and tick it."""
        self.to(name)
        self.page.keyboard.press("Space")

    def write(self, name: str, text: str) -> None:
        """Go to a field, and type this instead of what is in it."""
        self.to(name)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)

    def choose(self, name: str, typed: str) -> None:
        """Go to a date, a time or a list, and type what it takes."""
        self.to(name)
        self.page.keyboard.type(typed)
