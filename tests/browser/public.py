"""What the tests of the public pages share: which pages they read, and what they ask of them."""

from tests.size import sized

PAGES = [
    "/",
    "/mesothelioma/",
    "/mesothelioma/stage-4/",
    "/mesothelioma/remission/",
    "/search/?q=chemotherapy",
    "/free-case-review/",
    "/people/sample-medical-reviewer/",
    "/no/such/page/",
]
ARTICLES = PAGES[2:4]
WAYS = ["/glossary/", "/glossary/pleural-effusion/", "/people/", "/advocates/", "/site-map/"]
FEW = ["/search/?q=giraffe", "/search/?q=suicide", "/resources/", *WAYS]
# What the heavy proofs look at: in `make test` those that have the most on them.
MAIN = sized(PAGES, ["/", "/mesothelioma/stage-4/", "/free-case-review/"])
EVERY = sized([*PAGES, *FEW], MAIN)

SET_STYLE = """css => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    document.adoptedStyleSheets = [sheet]; }"""
# The size of each text that is shown, in pixels.
SIZES_OF_TEXT = """() => {
    const sizes = {}, walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node; node = walk.nextNode();) {
        const words = node.textContent.trim().slice(0, 40), shown = node.parentElement;
        if (words && shown.checkVisibility() && !shown.closest('.visually-hidden'))
            sizes[words] = parseFloat(getComputedStyle(shown).fontSize);
    }
    return sizes; }"""
