"""Words that tell spam from what people come to us with. All are held against text in small letters.

A new kind of spam gets a line here and an example in tests/caseintake/spam_corpus.jsonl. A line must not fit what
somebody who is ill, or poor, or angry with us would write: add to the honest examples what it might be taken for.
"""

from __future__ import annotations

import re

# Each string is one kind of sales talk, however often it is heard.
_YOURS = r"your (?:\w+ )?(?:web ?sites?|sites?|business|company|firm|brand|practice|listing)"
_OFFERS = (
    # search engines
    r"seo,|(?:on|off)-page|seo (?:services?|experts?|agency|agentur|packages?|"
    r"company|audits?|specialists?|consultants?|para)|"
    r"(?:affordable|local|white[- ]hat) seo|search engine (?:optimi[sz]ation|registration)|"
    r"posicionamiento web|servicios seo|(?:продвижени|раскрутк)\w+ сайт\w*",
    r"your (?:google )?rankings?|(?:first|1st) page (?:of|on|in) google|page one of google|primera página de google|"
    rf"rank (?:{_YOURS} )?higher|{_YOURS} is not (?:ranking|optimi[sz]ed)|в топ (?:яндекса|google|гугла)",
    r"(?:check|audit|analysis) of your (?:web ?)?site|google my business|map pack|press release distribution|"
    r"featured in \d+",
    r"\bbacklinks?\b|link (?:building|insertions?|exchange|placement)|прогон\w* сайт\w*",
    r"do-?follow|domain authority|high da\b|link in one of your",
    r"guest (?:posts?|posting|blogging)",
    r"sponsored (?:posts?|articles?)|content writer",
    # customers
    r"(?:organic|targeted|qualified|exclusive|high[- ]quality) (?:\w+ )?(?:traffic|visitors|leads)|mass tort leads|"
    rf"pay per lead|cost per (?:lead|click|signed)|signed retainers|"
    rf"(?:traffic|visitors|leads|customers|clients) (?:to|for) {_YOURS}",
    rf"more (?:leads|customers|sales)|(?:increase|boost|grow) (?:{_YOURS}|your (?:sales|revenue|traffic))|"
    r"visitors into customers",
    r"(?:email|contact) (?:list|database) of|verified contacts|bulk (?:e-?mail|sms)",
    r"contact form (?:marketing|blasting)",
    r"(?:through|via|to) (?:their |\d+ million |millions of )?contact forms",
    r"(?:instagram|tiktok|youtube|real) followers|smm panel",
    r"(?:buy|remove|add) (?:bad |5-star |google )+reviews",
    # work for hire, and goods
    r"(?:web ?site|web) (?:design|development|redesign) (?:services?|company|agency)|diseño web|"
    rf"re-?(?:design|build|vamp) {_YOURS}|explainer videos?|ai chatbot",
    r"(?:mobile )?app development|build a mobile app",
    r"купить диплом|essay writing",
    r"(?:digital|social media|online) marketing (?:agency|services?|company)",
    r"virtual assistants|janitorial services",
    rf"outsource your|(?:quote|portfolio|proposal) for {_YOURS}",
    r"factory price|\bmoq\b|leading (?:manufacturer|supplier)|wholesale for|"
    r"replica (?:watches|handbags|bags)|today only",
    r"list your business (?:at|on|in)|add your business to|your domain (?:is about|expires)|renew your domain",
    r"infring\w+ my copyright|used my (?:images|photos) without|hacked your (?:web ?)?site",
    # the voice of somebody who swindles
    r"(?:confidential|business) proposal|mutually beneficial|lucrative|stand as (?:the )?next of kin",
    r"late client|to charity through you|seeks? to invest \$|you have been selected for",
    r"(?:him|healer|dr\.? \w+) (?:on|via|through) whatsapp|(?:whatsapp|telegram): ?[+@]",
    r"sexy (?:girls|women|photos|ladies)|my hot (?:photos|videos)|meet you tonight|(?:private|web) ?cam\b",
    r"代开\w{0,4}票",
    # the voice of somebody who sells
    r"we (?:can (?:bring|build|cut|increase|rank|redesign|get you)|offer|provide|specialize)|"
    r"our (?:services|team of|agency|platform|writers|packages|prices|portfolio|experts)|i can add your",
    r"(?:packages|prices?) (?:from|at)|\d+% off|pricing|price per|starting at|no money down|low price",
    r"your (?:competitors|brand|online presence|customers|intake team)|business owners|bring in more|law firms only|"
    r"claimants for sale",
    r"(?:sign up|register|order|join) now|limited time offer|start (?:earning|trading|winning) (?:now|today)|"
    r"financial freedom|risk-free|free (?:demo|quote|shipping)|discount code|minimum deposit|no contracts|"
    r"click the link|congratulations,? you|you have received [$€£]|reply (?:yes|for (?:details|counts|pricing))|"
    r"send (?:you )?(?:our|my|a) (?:portfolio|quote|proposal)|apply now at|email us with the amount",
)
# What a sick person may have lived through. All that is told of money is one kind, and so are all pills, and all cures:
# one phrase or ten.
_LIVED_THROUGH = (
    r"(?:crypto|cryptocurrency|bitcoin|btc|forex|ai) (?:\w+ )?(?:bot|platform|signals?|giveaway)|presale|\d btc\b|"
    r"recovery experts?|guaranteed (?:daily |weekly )?(?:profits?|returns?)|"
    r"(?:online|best) casino|free spins|no deposit bonus|welcome bonus|sports betting site|win real money|"
    r"онлайн казино|casino en ligne|casino online|фриспин\w*|ставки на спорт|"
    r"working capital|merchant cash advance|(?:business|personal) loans? (?:up to|at)|offer loans|line of credit|"
    r"bad credit (?:welcome|ok)|no credit check|займ на карту|pre-?approved for|retention credit|"
    r"million dollars|sum of (?:usd |us ?\$|\$)?[\d.,]+ (?:million|billion)|compensation payment|"
    r"(?:your|and) bank details|verify your (?:account|mailbox)|mailbox is full",
    r"(?:buy|cheap|order) (?:viagra|cialis|tramadol|xanax|oxycodone)|(?:no|without) (?:a )?prescription|"
    r"online pharmacy|weight loss (?:gummies|pills)|lose \d+ pounds in",
    r"(?:cured|healed) (?:\w+ ){0,8}?(?:herbs|herbal)|herbal remedy|great healer|spell caster|love spell",
)
# Asked of English only: we could not tell in every language what people come to us with.
_ENGLISH = re.compile(r"\b(?:the|a|an|and|you|your|we|our|to|for|of|with|is|are|in|on|this)\b")
_OUR_SUBJECT = re.compile(
    r"\b(?:mom|mum|mother|dad|daddy|father|papa|husband|wife|brother|sister|son|daughter|uncle|aunt|nephew|niece|"
    r"cousin|grand\w+|parents?|partner|widow\w*|family|kids?|child|children|friend|patient|neighbou?r|he|she|him|his|her|"
    r"sick|ill|illness|cancer|tumou?r|diagnos\w+|stage|lungs?|pleura\w*|periton\w*|chest|breath\w*|cough\w*|pain|"
    r"hurts?|chemo\w*|radiation|immuno\w*|surgery|scans?|ct|x-?rays?|biops\w+|fluid|treatments?|trials?|hospice|"
    r"hospitals?|clinics?|doctors?|nurses?|oncolog\w+|surgeons?|pharmacy|medication|drugs?|symptoms?|die|died|dies|"
    r"dying|death|funeral|passed|asbestos\w*|dust|insulat\w+|shipyard|navy|army|marines?|veterans?|va|served|worked|"
    r"union|retired|job|exposed|exposure|tiles?|court|sue|suing|lawsuits?|settlements?|trust|attorney|statute|claims?|"
    r"deadline|benefits?|medicare|medicaid|disability|social security|insurance|rent|bills?|afford|scared|afraid|"
    r"worried|alone|help me|help us|call me|call us|calls? back|write to me|"
    r"text me|email me|my (?:own )?(?:case|claim|age)|"
    r"i am \d\d|years old|hung up|scam|mesotheliom\w*|"
    r"care|cures?|(?:any|need|get|please|for) help|help please|savings|lost (?:my|our|everything)|ashamed|lawyers?|"
    r"pathologist|second opinion|heart|support group|church|"
    r"(?<!contact )forms?|your email|wrong button|real person|time limit|free guide|packet|"
    r"large print|medicines?)\b(?! leads(?! to)| claimants)"
)
_ATTACK = re.compile(
    r"<(?:script|iframe|svg|object)\b|\bon(?:error|load|mouseover) ?= ?|\$\{jndi:|\.\./\.\./|/etc/passwd|<\?php|"
    r"\bunion (?:all )?select\b|['\"] ?or ?['\"]?1['\"]? ?= ?['\"]?1|\bwaitfor delay\b|\bpg_sleep\b|"
    r"\bxp_cmdshell\b|%0d%0a|\{\{ ?7 ?\* ?7 ?\}\}"
)
_SHORTEST_ENGLISH = 3  # of its small words


def _compiled(kinds: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(rf"(?<!\w)(?:{kind})") for kind in kinds)


_OFFER_KINDS, _LIVED_THROUGH_KINDS = _compiled(_OFFERS), _compiled(_LIVED_THROUGH)


def kinds_of_sales_talk(text: str) -> int:
    """How many kinds of sales talk the text holds."""
    return sum(bool(kind.search(text)) for kind in _OFFER_KINDS + _LIVED_THROUGH_KINDS)


def is_far_from_our_subject(text: str) -> bool:
    """Whether it is English, and names nothing of what people come to us with."""
    if len(_ENGLISH.findall(text)) < _SHORTEST_ENGLISH or _OUR_SUBJECT.search(text):
        return False
    return not any(kind.search(text) for kind in _LIVED_THROUGH_KINDS)


def attacks_programs(text: str) -> bool:
    """Whether it holds code that tries to break into sites."""
    return bool(_ATTACK.search(text))
