"""What each database role may do, as data. What is not listed here is refused, to everybody.

`manage.py create_roles` and each `migrate` after it set exactly this (`mesoinfo.database_roles`). A table or function
that a migration adds has to be named here: for the roles that need it, or under ONLY_THE_OWNERS.

Not listed, because nobody but the owner has them: TRUNCATE, REFERENCES, TRIGGER, and anything on a sequence, which a
column that numbers its rows draws from by itself. Foreign keys are looked after with the owner's rights.
"""

from __future__ import annotations

from collections.abc import Mapping

OWNER = "mesoinfo_owner"  # owns all there is, and migrates
SITE = "mesoinfo_site"  # the public pages
DESK = "mesoinfo_desk"  # the desk and its worker, and commands that staff run
FETCH = "mesoinfo_fetch"  # the worker that asks other sites
PROCESSES = (SITE, DESK, FETCH)
ROLES = (OWNER, *PROCESSES)

Rights = Mapping[str, frozenset[str]]

DATABASE: Rights = {OWNER: frozenset({"CONNECT", "CREATE"})} | dict.fromkeys(PROCESSES, frozenset({"CONNECT"}))
SCHEMA: Rights = {OWNER: frozenset({"USAGE", "CREATE"})} | dict.fromkeys(PROCESSES, frozenset({"USAGE"}))


def _may(rights: str, tables: str) -> dict[str, frozenset[str]]:
    """The same rights on each of these tables, as in `SELECT, INSERT`. A right on a few columns is written as GRANT
    takes it, one to a call: `SELECT (id, name)`.
    """
    return {table: frozenset([rights] if "(" in rights else rights.split(", ")) for table in tables.split()}


def _both(*some: Rights) -> dict[str, frozenset[str]]:
    """All of these rights. A table may be in several."""
    return {
        table: frozenset().union(*(rights.get(table, frozenset()) for rights in some))
        for table in dict.fromkeys(name for rights in some for name in rights)
    }


# The site reads what readers see and what decides whether they see it. Of drafts it learns that they are there, never a
# word; of accounts, which they are.
_SITE = _both(
    _may(
        "SELECT",
        "articles_article articles_byline articles_interest articles_person articles_publishedpage"
        " articles_reaffirmation articles_searchentry articles_searchname articles_searchword articles_signoff"
        " articles_synonym articles_topic citations_notice citations_source django_migrations mesoinfo_sitesettings",
    ),
    # Without what is noted beside them for colleagues.
    _may(
        "SELECT (id, issuer, person_id, revoked_at, revoked_by_id, title, valid_until, verified_at, verified_by_id)",
        "articles_credential",
    ),
    _may("SELECT (address, article_id, id, made_at)", "articles_redirect"),
    _may(
        "SELECT (article_id, at, by_id, confirmed_at, confirmed_by_id, id, kind, lifted_at, lifted_by_id, page_id,"
        " reader_note)",
        "articles_takedown",
    ),
    _may("SELECT (id)", "mesoinfo_user"),
    # For the functions that know which signatures count.
    _may("SELECT (digest, key, kind, position, revision_id)", "articles_block"),
    _may("SELECT (revision_id, user_id)", "articles_contribution"),
    _may(
        "SELECT (article_id, created_at, created_by_id, id, number, parent_id, saved_at, saved_by_id, significance,"
        " status, submitted_at, submitted_by_id, version)",
        "articles_revision",
    ),
    _may("SELECT (sign_off_id)", "articles_signoffwithdrawal"),
    # What a reader says goes in; the words, which are sealed, never come out again.
    _may("SELECT (day, id, page_id)", "articles_feedback"),
    _may("SELECT (feedback_id, fingerprint)", "articles_feedbackmessage"),
    _may("INSERT", "articles_feedback articles_feedbackmessage"),
    # On requests for help it has no right at all but to call functions of their own.
)

# Most histories are read by nobody, and all are written by triggers, as redirects and the tables of search are: with
# the rights of the owner, so that nobody can write what never happened (mesoinfo/triggers.py).
_DESK = _both(
    _may(
        "SELECT",
        "articles_feedback articles_ruleweightevent articles_searchname auth_group auth_group_permissions"
        " auth_permission caseintake_erasure django_content_type django_migrations mesoinfo_user_user_permissions",
    ),
    # Ledgers, which are only ever added to.
    _may(
        "SELECT, INSERT",
        "articles_comment_mentions articles_contribution articles_interest articles_publishedpage"
        " articles_reaffirmation articles_signoff articles_signoffwithdrawal articles_steptold articles_suggestedblock"
        " caseintake_accessevent caseintake_caseevent caseintake_consentevent caseintake_contactattempt"
        " caseintake_sealedpayload citations_datasetread citations_notice django_admin_log mesoinfo_auditentry",
    ),
    _may("SELECT, UPDATE", "articles_redirect django_q_schedule"),
    # What is never deleted.
    _may(
        "SELECT, INSERT, UPDATE",
        "articles_article articles_comment articles_credential articles_disclosure articles_earlyreview"
        " articles_emergencyedit articles_emergencynotice articles_image articles_look articles_offer articles_person"
        " articles_reviewclaim articles_reviewrequest articles_reviewscope articles_revision articles_ruleweight"
        " articles_schedule articles_story articles_suggestion articles_takedown articles_topic articles_waiver"
        " caseintake_blindindex caseintake_consenttext caseintake_datakey caseintake_submission citations_import"
        " citations_importedrecord citations_quote citations_turn mesoinfo_outboxmessage mesoinfo_sitesettings"
        " mesoinfo_user",
    ),
    # What is taken out and made anew, or withdrawn.
    _may(
        "SELECT, INSERT, DELETE",
        "articles_absence articles_block articles_citation articles_linkreading articles_linkuse citations_account"
        " mesoinfo_user_groups",
    ),
    # Erasing what a reader wrote is deleting it.
    _may("SELECT, UPDATE, DELETE", "articles_feedbackmessage"),
    # Go with their source or attempt, or are cleared away on the desk; others write them, or nobody.
    _may("SELECT, DELETE", "axes_accessattemptexpiration axes_accessfailurelog citations_registercheck"),
    _may(
        "SELECT, INSERT, UPDATE, DELETE",
        "articles_byline articles_link articles_synonym axes_accessattempt axes_accesslog citations_relation"
        " citations_source django_q_ormq django_q_task django_session",
    ),
)

# The fetch worker writes what it was told of works and links; what becomes of it, the other worker decides.
_FETCH = _both(
    _may(
        "SELECT",
        "articles_article articles_publishedpage citations_account citations_source mesoinfo_sitesettings",
    ),
    # Enough to chain an entry to the one before it.
    _may("SELECT (id, sequence, at, previous_hash, hash)", "mesoinfo_auditentry"),
    _may("INSERT", "mesoinfo_auditentry"),
    _may("SELECT, INSERT", "citations_importedrecord citations_notice"),
    _may("SELECT, UPDATE", "citations_import django_q_schedule"),
    _may("SELECT, INSERT, UPDATE", "citations_turn"),
    _may("SELECT, INSERT, DELETE", "articles_linkreading articles_linkuse"),
    _may(
        "SELECT, INSERT, UPDATE, DELETE",
        "articles_link citations_registercheck django_q_ormq django_q_task",
    ),
)

TABLES: Mapping[str, Rights] = {SITE: _SITE, DESK: _DESK, FETCH: _FETCH}

# How search knows words: rules without any table.
_WORDS = frozenset(
    {
        "articles_key",
        "articles_marked_terms",
        "articles_pair",
        "articles_pairs",
        "articles_parted",
        "articles_phrase",
        "articles_plain",
        "articles_stems",
        "articles_terms",
        "articles_vector",
    }
)
# Which signatures count, and which are still needed. They read with the rights of whoever asks.
_SIGNATURES = frozenset(
    {
        "articles_bases",
        "articles_contributors",
        "articles_credential_holds",
        "articles_live_reaffirmations",
        "articles_live_signoffs",
        "articles_named_on",
        "articles_published_before",
        "articles_taken_out",
        "articles_taken_out_digest",
        "articles_taken_out_is_signed",
        "articles_takes_out",
        "articles_unsigned_blocks",
    }
)
# The switch that triggers ask for, and that is always off.
_TRIGGERS = frozenset({"_pgtrigger_should_ignore"})

# Functions of the intake that run with the owner's rights, so that the site can send a request and read none.
_INTAKE = frozenset(
    {
        "intake_accept",
        "intake_amend",
        "intake_consent_texts",
        "intake_erase",
        "intake_person_view",
        "intake_withdraw",
    }
)
# They call these, with the rights of the owner.
_INTAKE_WITHIN = frozenset(
    {
        "intake_check",
        "intake_codes",
        "intake_destroy",
        "intake_due",
        "intake_level",
        "intake_find",
        "intake_keep_copy",
        "intake_keep_payload",
        "intake_moment",
        "intake_step",
        "intake_tell",
    }
)

FUNCTIONS: Rights = {
    SITE: _TRIGGERS | _WORDS | _SIGNATURES | _INTAKE,
    DESK: _TRIGGERS
    | _SIGNATURES
    # The words of consent stand around the form in the preview too.
    | {"intake_consent_texts"}
    # Destroying keys is for this function alone, which puts the erasure on record.
    | {"intake_erase_again"}
    | {"articles_can_be_shown_again", "articles_own_words", "articles_took_out"}
    # Synonyms are kept by their words, and an ISBN is checked as it is stored.
    | {"articles_key", "articles_parted", "articles_stems", "articles_vector", "citations_isbn_holds"},
    FETCH: _TRIGGERS,
}

# Named, and for no process.
ONLY_THE_OWNERS = _INTAKE_WITHIN | frozenset(
    {
        "_pgh_attach_context",
        "articles_credentialevent",
        "articles_names",
        "articles_offerevent",
        "articles_personevent",
        "articles_rebuild_search",
        "articles_refresh_search",
        "articles_spellings",
        "articles_synonymevent",
        # Locked with people's private codes, and for nobody but the functions that they reach us by.
        "caseintake_personcopy",
        "citations_sourceevent",
        "pghistory_context",
    }
)
