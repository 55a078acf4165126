"""How much each lint rule weighs on this site."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from articles.markup import ADJUSTABLE
from articles.models import RuleWeight, TransitionRefused, WeightGiven
from articles.review.eligibility import require
from mesoinfo import audit
from mesoinfo.models import User

WEIGH = "articles.weigh_rule"


@transaction.atomic
def weigh(rule: str, weight: WeightGiven, *, reason: str, by: User) -> RuleWeight:
    """Give an adjustable rule this weight, for all pages and from now on.

    Raises TransitionRefused without a reason, or if the rule has this weight already.
    """
    require(by, WEIGH, "Weighing lint rules needs the role of editor or medical lead.")
    if rule not in ADJUSTABLE:
        raise TransitionRefused("The weight of this rule is fixed: what it finds breaks the page for readers.")
    if not reason.strip():
        raise TransitionRefused("Say why, in a sentence. Colleagues read it beside the rule.")
    before = RuleWeight.objects.select_for_update().filter(rule=rule).first()
    had = WeightGiven(before.weight) if before else WeightGiven.OWN
    if weight == had:
        raise TransitionRefused("The rule has this weight already. Choose another, or leave it as it is.")
    given, _ = RuleWeight.objects.update_or_create(
        rule=rule,
        defaults={"weight": weight, "reason": reason.strip(), "set_by": by, "set_at": timezone.now()},
    )
    audit.record(by, "rule.weighed", given, was=had, weight=weight)
    return given
