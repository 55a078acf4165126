"""What the pages are made of. Each module tells one story.

Models are imported from here; a choice, limit or refusal that goes with one, from here or from its own module.
"""

from typing import Any

from articles.models.article import Article, Byline, BylineRole, Freshness, Kind, PageState, RiskClass
from articles.models.comment import Comment, SuggestedBlock, Suggestion
from articles.models.feedback import Feedback, FeedbackMessage
from articles.models.freshness import EarlyReview, Reaffirmation, Settlement, StepTold, Trigger
from articles.models.library import Disclosure, Image, Offer, OfferKind, Story, StoryKind
from articles.models.links import Link, LinkReading, LinkUse
from articles.models.lint import RuleWeight, Waiver, WeightGiven
from articles.models.person import Credential, Interest, Person, ReviewScope
from articles.models.published import PublishedPage
from articles.models.redirect import Redirect
from articles.models.review import (
    Absence,
    Look,
    Priority,
    ReviewClaim,
    ReviewRequest,
    Severity,
    SignOff,
    SignOffWithdrawal,
)
from articles.models.revision import (
    TRANSITIONS,
    Block,
    Citation,
    Contribution,
    Revision,
    RevisionStatus,
    Significance,
    TransitionRefused,
)
from articles.models.schedule import Schedule, ScheduleOutcome
from articles.models.search import SearchEntry, SearchName, SearchWord, Synonym
from articles.models.takedown import EmergencyEdit, EmergencyNotice, Takedown, TakedownKind
from articles.models.topic import RESERVED_SLUGS, Topic

# Made by pghistory.track: how each rule was weighed before, with the reason.
RuleWeightEvent: Any

__all__ = [
    "RESERVED_SLUGS",
    "TRANSITIONS",
    "Absence",
    "Article",
    "Block",
    "Byline",
    "BylineRole",
    "Citation",
    "Comment",
    "Contribution",
    "Credential",
    "Disclosure",
    "EarlyReview",
    "EmergencyEdit",
    "EmergencyNotice",
    "Feedback",
    "FeedbackMessage",
    "Freshness",
    "Image",
    "Interest",
    "Kind",
    "Link",
    "LinkReading",
    "LinkUse",
    "Look",
    "Offer",
    "OfferKind",
    "PageState",
    "Person",
    "Priority",
    "PublishedPage",
    "Reaffirmation",
    "Redirect",
    "ReviewClaim",
    "ReviewRequest",
    "ReviewScope",
    "Revision",
    "RevisionStatus",
    "RiskClass",
    "RuleWeight",
    "RuleWeightEvent",
    "Schedule",
    "ScheduleOutcome",
    "SearchEntry",
    "SearchName",
    "SearchWord",
    "Settlement",
    "Severity",
    "SignOff",
    "SignOffWithdrawal",
    "Significance",
    "StepTold",
    "Story",
    "StoryKind",
    "SuggestedBlock",
    "Suggestion",
    "Synonym",
    "Takedown",
    "TakedownKind",
    "Topic",
    "TransitionRefused",
    "Trigger",
    "Waiver",
    "WeightGiven",
]
