-- What the public site may do with requests for help, and all it may do: it has no right on any of their tables.
-- Each function runs with the rights of whoever owns the tables, and is put in place after each migration
-- (caseintake/doors.py). A parcel is the JSON that caseintake/parcels.py makes; bytes in it are in base64.

-- The request that a private code opens, by the hash of its lookup.
CREATE OR REPLACE FUNCTION intake_find(code_hash bytea)
RETURNS caseintake_submission
LANGUAGE sql STABLE SET search_path = public, pg_temp
AS $$
    SELECT s FROM caseintake_submission s
    WHERE s.id = (SELECT submission_id FROM caseintake_personcopy WHERE lookup_hash = code_hash LIMIT 1);
$$;

-- The words of consent that were ever published, newest first; those in force have no `retired_at`.
CREATE OR REPLACE FUNCTION intake_consent_texts()
RETURNS TABLE (kind text, body text, sha256 text, retired_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
    SELECT kind, body, sha256, retired_at FROM caseintake_consenttext ORDER BY version DESC;
$$;


-- Store one request: all of it, on disk, or nothing. The same request again, by its id or (unless it comes from the
-- spool, when the person has been given its reference) by its content within 15 minutes, adds one more copy for the
-- person to the first and gives its reference. Nothing is stored, and no row returned, when the first is closed or
-- erased, or a day old: whoever sends it again then means a new request, and it has to be sealed under another id. What
-- comes from the spool may have been sent before that; then it is a repeat like any other.
CREATE OR REPLACE FUNCTION intake_accept(parcel jsonb, spooled boolean)
RETURNS TABLE (ref text, due_at timestamptz, repeated boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    new_id uuid := parcel->>'id';
    moment timestamptz := intake_moment(parcel, spooled);
    -- By today's key and by yesterday's. Each takes a lock, and thousands would leave none to anybody else.
    prints bytea[] := ARRAY(SELECT decode(p, 'base64') FROM jsonb_array_elements_text(parcel->'fingerprints') p LIMIT 2);
    doubts text[] := intake_codes(parcel->'suspicions');
    sorted text := CASE WHEN cardinality(doubts) = 0 THEN 'queued' ELSE 'quarantined' END;
    known caseintake_submission;
    already boolean;
    consent jsonb;
    lock_number bigint;
BEGIN
    -- Whatever the role or the server is set to: on disk before anybody says that we have it.
    PERFORM set_config('synchronous_commit', 'on', true);

    -- Fifty clicks at once: each waits for the one before it to be stored or to fail. In one order, or two that hold
    -- a lock each would wait for ever.
    FOR lock_number IN
        SELECT DISTINCT hashtextextended(encode(content, 'hex'), 0)
        FROM unnest(prints || uuid_send(new_id)) AS content ORDER BY 1
    LOOP
        PERFORM pg_advisory_xact_lock(lock_number);
    END LOOP;
    SELECT * INTO known FROM caseintake_submission AS s
    WHERE s.id = new_id
        OR (
            NOT spooled AND s.fingerprint = ANY (prints) AND s.received_at >= moment - interval '15 minutes'
            AND s.state NOT IN ('closed', 'disposed')
        )
    ORDER BY s.id = new_id DESC, s.received_at LIMIT 1;

    already := known.id IS NOT NULL;
    IF already AND known.state IN ('closed', 'disposed') AND (
        NOT spooled
        OR moment > COALESCE(known.closed_at, (SELECT at FROM caseintake_erasure WHERE submission_id = known.id))
    ) THEN
        RETURN;
    END IF;
    -- A page that was left open for so long may be sent by somebody else, and a repeat is given a code to the first.
    IF already AND NOT spooled AND known.received_at < moment - interval '1 day' THEN
        RETURN;
    END IF;
    IF NOT already THEN
        INSERT INTO caseintake_submission (
            id, ref, received_at, need, state, version, priority, priority_reasons, suspicions, due_at, fingerprint,
            outcome
        ) VALUES (
            new_id, parcel->>'ref', moment, parcel->>'need', 'received', 1, intake_level(parcel),
            COALESCE(NULLIF(intake_codes(parcel->'priority_reasons'), '{}'), ARRAY['unknown']), doubts,
            intake_due(parcel, intake_level(parcel), moment), prints[1], ''
        );
        PERFORM intake_keep_payload(parcel->'payload', new_id, 1, 'original', moment);
        FOR consent IN SELECT * FROM jsonb_array_elements(parcel->'consents') LOOP
            INSERT INTO caseintake_consentevent (
                submission_id, kind, action, text_id, shown_sha256, unticked_when_shown, method
            )
            SELECT new_id, t.kind, 'granted', t.id, t.sha256, true, 'form' FROM caseintake_consenttext t
            WHERE t.kind = consent->>'kind' AND t.sha256 = consent->>'sha256' ORDER BY t.version DESC LIMIT 1;
        END LOOP;
        INSERT INTO caseintake_caseevent (submission_id, version, from_state, to_state, reason, outcome)
        VALUES (new_id, 1, '', 'received', 'accepted', '');
        PERFORM intake_step(
            new_id, sorted, CASE WHEN sorted = 'queued' THEN 'accepted' ELSE 'suspicious' END
        );
        PERFORM intake_tell('case-received', 'case-received:' || (parcel->>'ref'), parcel->>'ref', NULL);
        -- To nobody's address before a person has looked, where it may be a program that writes in others' names.
        IF sorted = 'queued' THEN
            INSERT INTO mesoinfo_outboxmessage (
                kind, dedupe_key, role, address_is_sealed, reference, created_at, available_at, attempts, error
            ) VALUES (
                'case-receipt', 'case-receipt:' || (parcel->>'ref'), '', true, parcel->>'ref', now(), now(), 0, ''
            );
        END IF;
        SELECT * INTO known FROM caseintake_submission AS s WHERE s.id = new_id;
    END IF;
    IF NOT EXISTS (SELECT FROM caseintake_erasure WHERE submission_id = known.id) THEN
        PERFORM intake_keep_copy(parcel->'copy', known.id, moment);
    END IF;

    PERFORM intake_check();
    RETURN QUERY SELECT known.ref::text, known.due_at, already;
END;
$$;


-- Add what the person wrote later to the request their private code opens: its reference and whether we may reply to
-- it, or no row for an unknown code. Without a reference, nothing was stored: after twenty additions in a day, since no
-- person writes so many, and each costs us room for ever. Without whether we may reply, neither: the same was said
-- before, and something else or the end of the case came in between, so that it is news; it has to be sealed under
-- another id. What comes from the spool was acknowledged, and is stored, or was before; said again after the end of the
-- case, it opens the case again.
DROP FUNCTION IF EXISTS intake_amend(jsonb);
DO $$
BEGIN
    -- As it was before it told whether we may reply. Not each time: with it go the rights to call it.
    IF pg_get_function_result(to_regprocedure('intake_amend(jsonb, boolean)')) = 'TABLE(ref text)' THEN
        DROP FUNCTION intake_amend(jsonb, boolean);
    END IF;
END;
$$;
CREATE OR REPLACE FUNCTION intake_amend(parcel jsonb, spooled boolean)
RETURNS TABLE (ref text, may_be_answered boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    moment timestamptz := intake_moment(parcel, spooled);
    new_priority smallint := intake_level(parcel);
    reasons text[] := intake_codes(parcel->'priority_reasons');
    known caseintake_submission := intake_find(decode(parcel->'copy'->>'lookup_hash', 'base64'));
    payload_id uuid := parcel->'payload'->>'id';
    -- The ids that the same words have now, had a quarter of an hour ago, and will have in one; and those they have
    -- when said once more as news.
    same uuid[] := payload_id || ARRAY(SELECT jsonb_array_elements_text(parcel->'same')::uuid);
    again uuid[] := ARRAY(SELECT jsonb_array_elements_text(parcel->'again')::uuid);
    answerable boolean;
    said_last integer;
    ended boolean;
    due timestamptz;
    holder bigint;
BEGIN
    PERFORM set_config('synchronous_commit', 'on', true);
    -- As it is now, and until this is done: an advocate may be closing it, or the person erasing it.
    SELECT * INTO known FROM caseintake_submission AS s WHERE s.id = known.id AND s.state <> 'disposed' FOR UPDATE;
    IF known.id IS NULL THEN
        RETURN;
    END IF;
    answerable := (
        SELECT action = 'granted' FROM caseintake_consentevent
        WHERE submission_id = known.id AND kind = 'use_to_reply' ORDER BY id DESC LIMIT 1
    );
    said_last := (
        SELECT max(sequence) FROM caseintake_sealedpayload p
        WHERE p.submission_id = known.id AND p.id = ANY (same || again)
    );
    ended := known.state = 'closed' AND answerable AND moment > known.closed_at;
    IF said_last IS NULL OR NOT spooled AND (
        ended OR EXISTS (
            SELECT FROM caseintake_sealedpayload p
            WHERE p.submission_id = known.id AND p.kind = 'amendment' AND p.sequence > said_last
        )
    ) THEN
        IF EXISTS (SELECT FROM caseintake_sealedpayload p WHERE p.submission_id = known.id AND p.id = ANY (same)) THEN
            RETURN QUERY SELECT known.ref::text, NULL::boolean;
            RETURN;
        END IF;
        IF NOT spooled AND 20 <= (
            SELECT count(*) FROM caseintake_sealedpayload p
            WHERE p.submission_id = known.id AND p.kind = 'amendment' AND p.at > now() - interval '1 day'
        ) THEN
            RETURN QUERY SELECT NULL::text, NULL::boolean;
            RETURN;
        END IF;
        PERFORM intake_keep_payload(
            parcel->'payload',
            known.id,
            (SELECT max(sequence) + 1 FROM caseintake_sealedpayload WHERE submission_id = known.id),
            'amendment',
            moment
        );
        PERFORM intake_keep_copy(parcel->'copy', known.id, moment);
    ELSIF NOT ended THEN
        RETURN QUERY SELECT known.ref::text, answerable;
        RETURN;
    END IF;
    -- Nobody works on it, is told of it, and nothing is due, once they have taken back that we may reply.
    IF answerable THEN
        -- More urgent, or due sooner, and never less: what somebody does not say again is still so. What is new stands
        -- first. A case that waits for a day needs its advocate today, and as soon as any other.
        due := intake_due(parcel, LEAST(known.priority, new_priority), moment);
        UPDATE caseintake_submission AS s SET
            priority = LEAST(s.priority, new_priority),
            priority_reasons = (
                ARRAY(SELECT reason FROM unnest(reasons) reason WHERE reason <> ALL (s.priority_reasons))
                || s.priority_reasons
            )[:40],
            due_at = GREATEST(LEAST(s.due_at, due), s.received_at),
            next_action_at = CASE WHEN s.state = 'waiting' THEN LEAST(s.next_action_at, clock_timestamp()) END
        WHERE s.id = known.id;
        -- Who has a private code and speaks of danger is held up by nothing.
        IF known.state = 'closed' OR known.state = 'quarantined' AND 'danger-words' = ANY (reasons) THEN
            PERFORM intake_step(known.id, 'queued', 'new-message');
        END IF;
        -- One notice to whoever has it tells of all that is added before it goes out. If somebody may be in danger, it
        -- goes to all advocates: the one who has it may be at home.
        holder := (SELECT id FROM mesoinfo_user WHERE id = known.assignee_id AND is_active AND new_priority > 0);
        PERFORM intake_tell('case-amended', 'case-amended:' || payload_id, known.ref, holder)
        WHERE NOT EXISTS (
            SELECT FROM mesoinfo_outboxmessage
            WHERE kind = 'case-amended' AND reference = known.ref AND sent_at IS NULL
                AND recipient_id IS NOT DISTINCT FROM holder AND created_at > now() - interval '1 hour'
        );
    END IF;
    PERFORM intake_check();
    RETURN QUERY SELECT known.ref::text, answerable;
END;
$$;


-- What the private code with this lookup opens, as JSON; NULL for an unknown code and for an erased request alike.
CREATE OR REPLACE FUNCTION intake_person_view(lookup bytea)
RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
    SELECT jsonb_build_object(
        'ref', s.ref,
        'received_at', s.received_at,
        'state', s.state,
        'copies', (
            SELECT jsonb_agg(jsonb_build_object(
                'id', c.id, 'schema', c.schema, 'ciphertext', encode(c.ciphertext, 'base64')
            ) ORDER BY c.at, c.id)
            FROM caseintake_personcopy c WHERE c.submission_id = s.id AND c.lookup_hash = sha256(lookup)
        ),
        -- With how many codes ever: of a request that was sent twice, each opens what was sent with it.
        'sent', (SELECT count(*) FROM caseintake_sealedpayload p WHERE p.submission_id = s.id AND p.kind <> 'note'),
        'readings', (
            SELECT COALESCE(
                jsonb_agg(jsonb_build_object('at', r.at, 'role', r.role, 'reader', r.reader) ORDER BY r.at), '[]'
            )
            FROM (
                SELECT at, role, dense_rank() OVER (ORDER BY first) AS reader FROM (
                    SELECT at, role, min(sequence) OVER (PARTITION BY actor_id) AS first FROM caseintake_accessevent
                    WHERE submission_id = s.id AND result = 'opened' AND actor_kind = 'staff'
                ) opened
            ) r
        ),
        'consents', (
            SELECT jsonb_agg(jsonb_build_object(
                'kind', e.kind, 'action', e.action, 'method', e.method, 'at', e.at, 'words', t.body
            ) ORDER BY e.id)
            FROM caseintake_consentevent e JOIN caseintake_consenttext t ON t.id = e.text_id WHERE e.submission_id = s.id
        )
    )
    FROM caseintake_submission s WHERE s.id = (intake_find(sha256(lookup))).id;
$$;


-- Take back a consent of the request this private code opens. Without the consent to reply to it, nobody works on it
-- any more: it is closed. Whether there was such a consent.
CREATE OR REPLACE FUNCTION intake_withdraw(lookup bytea, consent_kind text)
RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    known caseintake_submission := intake_find(sha256(lookup));
    given caseintake_consentevent;
BEGIN
    PERFORM set_config('synchronous_commit', 'on', true);
    -- As it is now: an advocate may have closed it meanwhile, or the person erased it.
    SELECT * INTO known FROM caseintake_submission WHERE id = known.id AND state <> 'disposed' FOR UPDATE;
    SELECT * INTO given FROM caseintake_consentevent
    WHERE submission_id = known.id AND kind = consent_kind ORDER BY id DESC LIMIT 1;
    IF given.action IS DISTINCT FROM 'granted' THEN
        RETURN false;
    END IF;
    INSERT INTO caseintake_consentevent (
        submission_id, kind, action, text_id, shown_sha256, unticked_when_shown, method
    ) VALUES (known.id, given.kind, 'withdrawn', given.text_id, given.shown_sha256, false, 'private-code');
    IF consent_kind = 'use_to_reply' THEN
        PERFORM intake_step(known.id, 'closed', 'consent-withdrawn', 'withdrawn') WHERE known.state <> 'closed';
    END IF;
    PERFORM intake_tell('consent-withdrawn', 'consent-withdrawn:' || gen_random_uuid(), known.ref, known.assignee_id)
    WHERE known.assignee_id IS NOT NULL;
    PERFORM intake_check();
    RETURN true;
END;
$$;


-- Destroy every key that opens the request, and every copy of it. Its reference, and the hashes of all codes that opened
-- it, so that what was sent with them and waits in the spool can go as well; no row for an unknown code.
DO $$
BEGIN
    -- As it was before it told the hashes.
    IF pg_get_function_result(to_regprocedure('intake_erase(bytea)')) = 'text' THEN
        DROP FUNCTION intake_erase(bytea);
    END IF;
END;
$$;
CREATE OR REPLACE FUNCTION intake_erase(lookup bytea)
RETURNS TABLE (ref text, codes bytea[])
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    known caseintake_submission := intake_find(sha256(lookup));
    opened_it bytea[];
BEGIN
    PERFORM set_config('synchronous_commit', 'on', true);
    -- Held, so that no copy with another code is added to it now.
    PERFORM FROM caseintake_submission AS s WHERE s.id = known.id FOR UPDATE;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    opened_it := ARRAY(SELECT DISTINCT lookup_hash FROM caseintake_personcopy c WHERE c.submission_id = known.id);
    PERFORM intake_destroy(known.id, 'person');
    PERFORM intake_tell('case-erased', 'case-erased:' || known.ref, known.ref, known.assignee_id)
    WHERE known.assignee_id IS NOT NULL;
    PERFORM intake_check();
    RETURN QUERY SELECT known.ref::text, opened_it;
END;
$$;


-- For the desk, after an earlier backup was restored: destroy again what was erased since (caseintake/erasing.py).
-- Whether there was anything to destroy.
CREATE OR REPLACE FUNCTION intake_erase_again(request uuid)
RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
    PERFORM set_config('synchronous_commit', 'on', true);
    PERFORM FROM caseintake_submission WHERE id = request FOR UPDATE;
    IF NOT FOUND OR EXISTS (SELECT FROM caseintake_erasure WHERE submission_id = request) THEN
        RETURN false;
    END IF;
    PERFORM intake_destroy(request, 'restored');
    PERFORM intake_check();
    RETURN true;
END;
$$;


-- The rest is for the functions above.

-- What is checked at the end of a transaction, now: at its commit whoever called would need the rights for it.
CREATE OR REPLACE FUNCTION intake_check()
RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp
AS $$
BEGIN
    SET CONSTRAINTS ALL IMMEDIATE;
    SET CONSTRAINTS ALL DEFERRED;
END;
$$;

-- When it came, as the site says, and within what can be: PostgreSQL knows times that Python does not, and what is due
-- or was erased is told by these.
CREATE OR REPLACE FUNCTION intake_moment(parcel jsonb, spooled boolean)
RETURNS timestamptz
LANGUAGE sql VOLATILE SET search_path = public, pg_temp
AS $$
    SELECT LEAST(clock_timestamp(), GREATEST(
        (parcel->>'received_at')::timestamptz,
        clock_timestamp() - CASE WHEN spooled THEN interval '1 year' ELSE interval '1 hour' END
    ));
$$;

-- When somebody should try to reach the person, at this urgency: the site knows the working hours.
DROP FUNCTION IF EXISTS intake_due(jsonb, timestamptz);
CREATE OR REPLACE FUNCTION intake_due(parcel jsonb, urgency integer, moment timestamptz)
RETURNS timestamptz
LANGUAGE sql STABLE SET search_path = public, pg_temp
AS $$
    SELECT LEAST(moment + interval '30 days', GREATEST(at, moment))
    FROM (SELECT COALESCE(parcel->'due_at_level'->>urgency, parcel->>'due_at')::timestamptz AS at) said
    WHERE at IS NOT NULL;
$$;

-- How urgent the site says it is, within what can be: what a check refuses is told with all that is in the row.
CREATE OR REPLACE FUNCTION intake_level(parcel jsonb)
RETURNS smallint
LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp
AS $$
    SELECT LEAST(4, GREATEST(0, (parcel->>'priority')::numeric))::smallint;
$$;

-- Of the codes that the site says, those that the desk has words for: nobody writes a sentence of their own into its
-- lists. They are the rules of caseintake/urgency.py and the signals of caseintake/spam.py.
CREATE OR REPLACE FUNCTION intake_codes(said jsonb)
RETURNS text[]
LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp
AS $$
    SELECT ARRAY(
        SELECT code FROM jsonb_array_elements_text(said) WITH ORDINALITY AS one (code, place)
        WHERE code IN (
            'danger-words', 'very-ill', 'court-date', 'urgent-words', 'illness-words', 'time-limit-unknown',
            'asked-about-treatment', 'asked-about-costs', 'asked-about-benefits', 'general-question',
            'no-browser-headers', 'attack-on-programs', 'sales-talk-of-two-kinds', 'link-in-markup',
            'same-words-from-others', 'sales-talk', 'hidden-field-filled', 'link-in-hidden-field', 'link-in-name',
            'many-links', 'no-words-in-message', 'no-words-in-name', 'little-beside-links', 'link',
            'far-from-our-subject', 'busy-network'
        )
        GROUP BY code ORDER BY min(place)
    );
$$;

CREATE OR REPLACE FUNCTION intake_keep_payload(sealed jsonb, request uuid, number integer, kind text, moment timestamptz)
RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp
AS $$
DECLARE
    wrapped bytea := decode(sealed->>'wrapped_for_desk', 'base64');
BEGIN
    INSERT INTO caseintake_sealedpayload (id, submission_id, sequence, kind, schema, ciphertext, at)
    VALUES (
        (sealed->>'id')::uuid, request, number, kind, (sealed->>'schema')::smallint,
        decode(sealed->>'ciphertext', 'base64'), moment
    );
    INSERT INTO caseintake_datakey (payload_id, desk_key_id, wrapped_for_desk)
    VALUES ((sealed->>'id')::uuid, encode(substring(wrapped FROM 2 FOR 16), 'hex'), wrapped);
END;
$$;

CREATE OR REPLACE FUNCTION intake_keep_copy(copy jsonb, request uuid, moment timestamptz)
RETURNS void
LANGUAGE sql SET search_path = public, pg_temp
AS $$
    INSERT INTO caseintake_personcopy (id, submission_id, lookup_hash, schema, ciphertext, at)
    VALUES (
        (copy->>'id')::uuid, request, decode(copy->>'lookup_hash', 'base64'), (copy->>'schema')::smallint,
        decode(copy->>'ciphertext', 'base64'), moment
    )
    ON CONFLICT (id) DO NOTHING;
$$;

-- One step that no member of staff takes: the request ends in nobody's hands.
CREATE OR REPLACE FUNCTION intake_step(request uuid, to_state text, why text, how_it_ended text DEFAULT '')
RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp
AS $$
DECLARE
    known caseintake_submission;
BEGIN
    SELECT * INTO known FROM caseintake_submission WHERE id = request FOR UPDATE;
    UPDATE caseintake_submission SET
        state = to_state,
        version = known.version + 1,
        assignee_id = NULL,
        next_action_at = NULL,
        due_at = CASE WHEN to_state NOT IN ('closed', 'disposed') THEN due_at END,
        outcome = how_it_ended,
        closed_at = CASE WHEN to_state = 'closed' THEN now() END
    WHERE id = request;
    INSERT INTO caseintake_caseevent (submission_id, version, from_state, to_state, reason, outcome)
    VALUES (request, known.version + 1, known.state, to_state, why, how_it_ended);
END;
$$;

-- A notice to the advocate who has the case, or to all of them.
CREATE OR REPLACE FUNCTION intake_tell(what text, once text, about text, holder bigint)
RETURNS void
LANGUAGE sql SET search_path = public, pg_temp
AS $$
    INSERT INTO mesoinfo_outboxmessage (
        kind, dedupe_key, role, recipient_id, address_is_sealed, reference, created_at, available_at, attempts, error
    ) VALUES (
        what, once, CASE WHEN holder IS NULL THEN 'advocate' ELSE '' END, holder, false, about, now(), now(), 0, ''
    )
    ON CONFLICT (dedupe_key) DO NOTHING;
$$;

CREATE OR REPLACE FUNCTION intake_destroy(request uuid, why text)
RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp
AS $$
BEGIN
    PERFORM FROM caseintake_submission WHERE id = request FOR UPDATE;
    -- Pressed twice: the second press finds it done.
    IF EXISTS (SELECT FROM caseintake_erasure WHERE submission_id = request) THEN
        RETURN;
    END IF;
    INSERT INTO caseintake_erasure (submission_id, cause) VALUES (request, why);
    DELETE FROM caseintake_blindindex USING caseintake_sealedpayload
    WHERE caseintake_sealedpayload.id = data_key_id AND submission_id = request;
    DELETE FROM caseintake_datakey USING caseintake_sealedpayload
    WHERE caseintake_sealedpayload.id = payload_id AND submission_id = request;
    DELETE FROM caseintake_personcopy WHERE submission_id = request;
    PERFORM intake_step(request, 'disposed', 'person-asked');
    -- What their words made us think of them goes too.
    UPDATE caseintake_submission
    SET fingerprint = NULL, priority = 4, priority_reasons = ARRAY['erased'], suspicions = '{}'
    WHERE id = request;
END;
$$;


-- By default anyone may call a function. Who may call these is in mesoinfo/grants.py.
DO $$
DECLARE
    door regprocedure;
BEGIN
    FOR door IN SELECT p.oid FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE n.nspname = 'public' AND p.proname LIKE 'intake\_%'
    LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', door);
    END LOOP;
END;
$$;
