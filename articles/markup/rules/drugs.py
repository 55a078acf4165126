"""brand-without-generic: the brand of a drug without its generic name where the page first uses it.

The names are those of the public labels of drugs that people with mesothelioma meet. The generic name may stand
before or after the brand, in the same sentence or earlier on the page. A heading need not explain. Not caught:
brands that are not in the table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from .flaw import Flaw, Text

# By each brand its generic name; of a device, what it does.
BRANDS: Mapping[str, str] = MappingProxyType(
    {
        "Abraxane": "paclitaxel",
        "Adriamycin": "doxorubicin",
        "Alimta": "pemetrexed",
        "Avastin": "bevacizumab",
        "Bavencio": "avelumab",
        "Camptosar": "irinotecan",
        "Cyramza": "ramucirumab",
        "Cytoxan": "cyclophosphamide",
        "Decadron": "dexamethasone",
        "Eloxatin": "oxaliplatin",
        "Gemzar": "gemcitabine",
        "Imfinzi": "durvalumab",
        "Imjudo": "tremelimumab",
        "Keytruda": "pembrolizumab",
        "Libtayo": "cemiplimab",
        "Lynparza": "olaparib",
        "Mvasi": "bevacizumab",
        "Navelbine": "vinorelbine",
        "Neulasta": "pegfilgrastim",
        "Neupogen": "filgrastim",
        "Onconase": "ranpirnase",
        "Opdivo": "nivolumab",
        "Optune": "tumor treating fields",
        "Paraplatin": "carboplatin",
        "Pemfexy": "pemetrexed",
        "Photofrin": "porfimer",
        "Platinol": "cisplatin",
        "Rubraca": "rucaparib",
        "Taxol": "paclitaxel",
        "Taxotere": "docetaxel",
        "Tecentriq": "atezolizumab",
        "Tomudex": "raltitrexed",
        "Yervoy": "ipilimumab",
        "Zejula": "niraparib",
        "Zirabev": "bevacizumab",
        "Zofran": "ondansetron",
        "Zolinza": "vorinostat",
    }
)
_HINTS = frozenset(brand.lower() for brand in BRANDS)
_BRAND = re.compile(rf"\b(?:{'|'.join(BRANDS)}|{'|'.join(brand.upper() for brand in BRANDS)})\b")
_SMALL = {brand.upper(): brand for brand in BRANDS}


def brand_without_generic(text: Text) -> Iterator[Flaw]:
    """Find brands whose generic name is not said by the time the page first uses them."""
    if all(_HINTS.isdisjoint(statement.words) for statement in text.statements):
        return
    said: set[str] = set()
    for statement in text.statements:
        said |= statement.words
        if statement.is_heading or _HINTS.isdisjoint(statement.words):
            continue
        for found in _BRAND.finditer(statement.text):
            brand = _SMALL[found[0].upper()]
            generic = BRANDS[brand]
            if not said.issuperset(generic.split()) and brand not in said:
                message = f"{brand} is a brand. Say its generic name where it first stands: {generic} ({brand})."
                yield text.flaw("brand-without-generic", statement, found.start(), message, brand)
            said.add(brand)
