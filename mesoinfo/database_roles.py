"""The roles of PostgreSQL that the processes log in as, and how a database comes to grant what `mesoinfo.grants` lists.

What a role holds is read from PostgreSQL and compared with the list; only what differs is granted or revoked. So all of
it can be run as often as you like, and says exactly what it changed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from django.apps import AppConfig
from django.core.management import CommandError
from django.db import InternalError, ProgrammingError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from django.db.utils import IntegrityError
from psycopg2.errorcodes import DUPLICATE_OBJECT
from psycopg2.extensions import encrypt_password

from mesoinfo.grants import DATABASE, FUNCTIONS, ONLY_THE_OWNERS, OWNER, PROCESSES, ROLES, SCHEMA, TABLES

Tell = Callable[[str], None]

# Roles belong to all databases of a server: another one may be making them at this moment.
ATTEMPTS = 5
EVERYBODY = "PUBLIC"
MOST_NAMES = 12  # in a sentence that tells what changed

# What is ours in the schema; what an extension brought is its own, and belongs to a superuser.
OURS = """
    relations AS (
        SELECT c.oid, c.relname AS name, c.relkind AS kind, c.relowner AS owner, c.relacl AS acl
        FROM pg_class c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
          AND NOT EXISTS (SELECT FROM pg_depend d
                          WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
    ), routines AS (
        SELECT p.oid, p.proname AS name, p.prorettype AS returns, p.proowner AS owner, p.proacl AS acl,
               'public.' || quote_ident(p.proname) || '(' || pg_get_function_identity_arguments(p.oid) || ')' AS called
        FROM pg_proc p
        WHERE p.pronamespace = 'public'::regnamespace
          AND NOT EXISTS (SELECT FROM pg_depend d
                          WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
    )
"""

HELD = f"""
    WITH {OURS}, held AS (
        SELECT CASE relations.kind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS kind,
               'public.' || quote_ident(name) AS object, '' AS part, owner,
               aclexplode(COALESCE(acl, acldefault(CASE relations.kind WHEN 'S' THEN 's' ELSE 'r' END::"char", owner)))
               AS item
        FROM relations
        UNION ALL
        SELECT 'TABLE', 'public.' || quote_ident(name), a.attname, owner, aclexplode(a.attacl)
        FROM relations JOIN pg_attribute a ON a.attrelid = relations.oid AND NOT a.attisdropped
        UNION ALL
        SELECT 'ROUTINE', called, '', owner, aclexplode(COALESCE(acl, acldefault('f', owner))) FROM routines
        UNION ALL
        SELECT 'SCHEMA', 'public', '', nspowner, aclexplode(COALESCE(nspacl, acldefault('n', nspowner)))
        FROM pg_namespace WHERE nspname = 'public'
        UNION ALL
        SELECT 'DATABASE', quote_ident(datname), '', datdba, aclexplode(COALESCE(datacl, acldefault('d', datdba)))
        FROM pg_database WHERE datname = current_database()
    )
    SELECT COALESCE(r.rolname, '{EVERYBODY}'), (item).privilege_type, kind, object, part, (item).is_grantable
    FROM held LEFT JOIN pg_roles r ON r.oid = (item).grantee
    WHERE (item).grantee <> owner AND COALESCE(r.rolname, '{EVERYBODY}') = ANY(%s)
"""

# A sequence that belongs to a column goes with its table.
NOT_THE_OWNERS = f"""
    WITH {OURS}
    SELECT 'TABLE', 'public.' || quote_ident(name)
    FROM relations
    WHERE owner <> %(owner)s::regrole
      AND NOT EXISTS (SELECT FROM pg_depend d
                      WHERE d.classid = 'pg_class'::regclass AND d.objid = relations.oid AND d.deptype IN ('a', 'i'))
    UNION ALL
    SELECT 'ROUTINE', called FROM routines WHERE owner <> %(owner)s::regrole
    UNION ALL
    SELECT 'TEXT SEARCH CONFIGURATION', 'public.' || quote_ident(cfgname) FROM pg_ts_config
    WHERE cfgnamespace = 'public'::regnamespace AND cfgowner <> %(owner)s::regrole
    ORDER BY 1, 2
"""


class RolesRefused(Exception):
    """The roles cannot be made, or what they may do cannot be set; the text says why, and what to do."""


class Right(NamedTuple):
    """One thing that one role may do. `part` is a column, or empty for the whole."""

    role: str
    privilege: str
    kind: str
    object: str
    part: str = ""
    may_pass_on: bool = False


def make_roles(using: str, passwords: Mapping[str, str], tell: Tell) -> None:
    """Make the roles that are missing, and set the passwords that are given. Raises RolesRefused.

    The server is sent what it stores of a password (SCRAM-SHA-256, as psql's \\password does), never the password.
    """
    connection = connections[using]
    with connection.cursor() as cursor:
        for role in ROLES:
            if _ask(cursor, "SELECT FROM pg_roles WHERE rolname = %s", role):
                continue
            if _among_others(connection, f"CREATE ROLE {role} LOGIN"):
                tell(f"Made the role {role}.")
        _refuse_mighty(cursor)
        for role, password in passwords.items():
            verifier = encrypt_password(password, role, connection.connection, "scram-sha-256")
            _among_others(connection, f"ALTER ROLE {role} PASSWORD '{verifier}'")
            tell(f"Set the password of {role}.")
        if not _acts_as_owner(cursor):
            _among_others(connection, f"GRANT {OWNER} TO CURRENT_USER")
            [(me,)] = _ask(cursor, "SELECT current_user")
            tell(f"{me} may now act as {OWNER}, as whoever runs this again must.")


def set_grants(using: str, tell: Tell) -> None:
    """Hand what is in the schema over to the owner, and let each role do what `mesoinfo.grants` lists, and no more.

    Raises RolesRefused, having changed nothing, where whoever runs this has no right to.
    """
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('mesoinfo database roles'))")
        try:
            handed_over = _hand_over(cursor)
            wanted = _wanted(cursor)
            held = _held(cursor)
            _change(cursor, "REVOKE", held - wanted)
            # Read anew: a right on a table that goes takes the same right on single columns along.
            _change(cursor, "GRANT", wanted - _held(cursor))
        except ProgrammingError as refusal:
            raise _refused(refusal) from refusal
        # PostgreSQL only warns of what somebody else had granted.
        if left := _held(cursor) ^ wanted:
            raise RolesRefused(
                f"{len(left)} rights could not be set, such as {_phrase(min(left))}. Run manage.py create_roles as "
                "a superuser."
            )
    if handed_over:
        tell(f"{OWNER} now owns {_listed(handed_over)}.")
    for sentence in (*_sentences("lost", held - wanted), *_sentences("was given", wanted - held)):
        tell(sentence)


def unnamed(using: str) -> list[str]:
    """A sentence for each table and function in the database that `mesoinfo.grants` gives to nobody."""
    tables = ONLY_THE_OWNERS.union(*TABLES.values())
    functions = ONLY_THE_OWNERS.union(*FUNCTIONS.values())
    with connections[using].cursor() as cursor:
        forgotten = [("table", name) for name in _names_of_tables(cursor) if name not in tables]
        forgotten += [("function", name) for name, _ in _callable(cursor) if name not in functions]
    return [
        f"The {kind} {name} is named for no role: list it in mesoinfo/grants.py for the roles that need it, or under "
        "ONLY_THE_OWNERS."
        for kind, name in forgotten
    ]


def are_used_in(using: str) -> bool:
    """Whether `manage.py create_roles` has been run in this database, and whoever is connected may do so again."""
    with connections[using].cursor() as cursor:
        return bool(
            _ask(
                cursor,
                "SELECT FROM pg_tables WHERE schemaname = 'public' AND tablename = 'django_migrations'"
                " AND tableowner = %s",
                OWNER,
            )
        ) and _acts_as_owner(cursor)


def synchronise(sender: AppConfig, using: str, **kwargs: Any) -> None:
    """After migrating, once all apps have made their tables: what is new has an owner and its grants too."""
    from django.apps import apps

    if sender is not [app for app in apps.get_app_configs() if app.models_module is not None][-1]:
        return
    if are_used_in(using):
        try:
            set_grants(using, tell=lambda sentence: None)
        except RolesRefused as refusal:
            raise CommandError(f"All migrations are applied, but not all grants are set. {refusal}") from refusal


def _ask(cursor: CursorWrapper, question: str, *values: Any) -> list[Any]:
    cursor.execute(question, values)
    rows: list[Any] = cursor.fetchall()
    return rows


def _refused(refusal: ProgrammingError) -> RolesRefused:
    return RolesRefused(
        f"PostgreSQL refused: {str(refusal).strip().splitlines()[0]}. Run manage.py create_roles as a superuser, or "
        "as the owner of the database, if it has CREATEROLE and made the roles."
    )


def _among_others(connection: BaseDatabaseWrapper, statement: str) -> bool:
    """Run a statement about roles. False where a session in another database did the same at the same time."""
    for _ in range(ATTEMPTS):
        try:
            with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
                cursor.execute(statement)
                return True
        except (InternalError, IntegrityError):
            continue  # "tuple concurrently updated", or the second of two roles of one name
        except ProgrammingError as refusal:
            if getattr(refusal.__cause__, "pgcode", "") == DUPLICATE_OBJECT:
                return False
            raise _refused(refusal) from refusal
    raise RolesRefused("Somebody else is changing the same roles. Run this again.")


def _acts_as_owner(cursor: CursorWrapper) -> bool:
    return bool(_ask(cursor, "SELECT FROM pg_roles WHERE rolname = %s AND pg_has_role(oid, 'USAGE')", OWNER))


def _refuse_mighty(cursor: CursorWrapper) -> None:
    """Rights that come with a role itself, or through another one, would make a joke of the list."""
    mighty = _ask(
        cursor,
        "SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)"
        " AND (rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls)",
        list(ROLES),
    )
    for (role,) in mighty:
        raise RolesRefused(
            f"{role} may do more than a process should. As a superuser, run: ALTER ROLE {role} NOSUPERUSER "
            "NOCREATEROLE NOCREATEDB NOREPLICATION NOBYPASSRLS;"
        )
    through_another = _ask(
        cursor,
        "SELECT member::regrole::text, roleid::regrole::text FROM pg_auth_members"
        " WHERE member::regrole::text = ANY(%s)",
        list(ROLES),
    )
    for role, other in through_another:
        raise RolesRefused(f"{role} has all rights of {other} too. As a superuser, run: REVOKE {other} FROM {role};")


def _hand_over(cursor: CursorWrapper) -> list[str]:
    """Make the owner own all there is. Returns the names of what others owned."""
    cursor.execute(NOT_THE_OWNERS, {"owner": OWNER})
    found = cursor.fetchall()
    if found:
        cursor.execute(f"GRANT CREATE ON SCHEMA public TO {OWNER}")  # without it nothing can be handed over
    for kind, name in found:
        cursor.execute(f"ALTER {kind} {name} OWNER TO {OWNER}")
    return [_short(name) for _, name in found]


def _names_of_tables(cursor: CursorWrapper) -> list[str]:
    return [name for (name,) in _ask(cursor, f"WITH {OURS} SELECT name FROM relations WHERE kind <> 'S' ORDER BY name")]


def _callable(cursor: CursorWrapper) -> list[tuple[str, str]]:
    """The name of each function that can be called, and how PostgreSQL calls it. Those of triggers cannot."""
    return _ask(
        cursor, f"WITH {OURS} SELECT name, called FROM routines WHERE returns <> 'trigger'::regtype ORDER BY called"
    )


def _wanted(cursor: CursorWrapper) -> set[Right]:
    """What the list says of the tables and functions that are there: a migration may have been taken back."""
    tables = set(_names_of_tables(cursor))
    functions = _callable(cursor)
    wanted: set[Right] = set()
    around = _ask(
        cursor,
        "SELECT 'SCHEMA', 'public', nspowner::regrole::text FROM pg_namespace WHERE nspname = 'public' UNION ALL"
        " SELECT 'DATABASE', quote_ident(datname), datdba::regrole::text FROM pg_database"
        " WHERE datname = current_database()",
    )
    for kind, name, owner in around:
        rights = SCHEMA if kind == "SCHEMA" else DATABASE
        # Whoever owns it needs no grant.
        wanted |= {Right(role, right, kind, name) for role in ROLES if role != owner for right in rights[role]}
    for role in PROCESSES:
        for table in tables & TABLES[role].keys():
            for right in TABLES[role][table]:
                privilege, _, columns = right.rstrip(")").partition(" (")
                for column in columns.split(", "):
                    wanted.add(Right(role, privilege, "TABLE", f"public.{table}", column))
        wanted |= {Right(role, "EXECUTE", "ROUTINE", called) for name, called in functions if name in FUNCTIONS[role]}
    return wanted


def _held(cursor: CursorWrapper) -> set[Right]:
    cursor.execute(HELD, [[*ROLES, EVERYBODY]])
    return {Right(*row) for row in cursor.fetchall()}


def _change(cursor: CursorWrapper, verb: str, rights: Iterable[Right]) -> None:
    to_or_from = "TO" if verb == "GRANT" else "FROM"
    by_object: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for right in rights:
        by_object[right.role, right.kind, right.object].append(_privilege(right))
    for (role, kind, name), privileges in sorted(by_object.items()):
        cursor.execute(f"{verb} {', '.join(sorted(privileges))} ON {kind} {name} {to_or_from} {role}")


def _privilege(right: Right) -> str:
    return f'{right.privilege} ("{right.part}")' if right.part else right.privilege


def _phrase(right: Right) -> str:
    return f"{_privilege(right)} on {_short(right.object)} for {_called(right.role)}"


def _short(name: str) -> str:
    """A table or function as people name it: without its schema, and without what it takes."""
    return name.removeprefix("public.").partition("(")[0]


def _called(role: str) -> str:
    return "everybody" if role == EVERYBODY else role


def _sentences(says: str, rights: Iterable[Right]) -> Iterator[str]:
    """One for each role and privilege: "mesoinfo_site was given SELECT on articles_article, citations_source."."""
    objects: dict[tuple[str, str], list[str]] = defaultdict(list)
    for right in sorted(rights):
        column = f".{right.part}" if right.part else ""
        objects[right.role, right.privilege].append(_short(right.object) + column)
    for (role, privilege), names in objects.items():
        yield f"{_called(role)} {says} {privilege} on {_listed(names)}."


def _listed(names: list[str]) -> str:
    more = len(names) - MOST_NAMES
    return ", ".join(names[:MOST_NAMES]) + (f" and {more} more" if more > 0 else "")
