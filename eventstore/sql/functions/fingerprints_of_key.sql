-- Looks at some addresses on record: how many of them have a fingerprint in the log, by the events
-- VerificationRequested (6) and EmailRecorded (7), and how many of those were made with the
-- database's key: HMAC-SHA-256 (RFC 2104). For those who may not see an address.
CREATE OR REPLACE FUNCTION datadrop.fingerprints_of_key()
    RETURNS TABLE (looked_at bigint, own bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    _inner bytea := decode(repeat('36', 64), 'hex');
    _outer bytea := decode(repeat('5c', 64), 'hex');
    _key   bytea := (SELECT k.key FROM datadrop.server_key AS k);
BEGIN
    FOR _i IN 0 .. length(_key) - 1 LOOP
        _inner := set_byte(_inner, _i, get_byte(_inner, _i) # get_byte(_key, _i));
        _outer := set_byte(_outer, _i, get_byte(_outer, _i) # get_byte(_key, _i));
    END LOOP;
    RETURN QUERY
    SELECT
        count(*),
        count(*) FILTER (WHERE position(
            sha256(_outer || sha256(_inner || convert_to(a.address, 'UTF8'))) IN e.payload) > 0)
    FROM (
        SELECT
            r.partition,
            r.guild_id,
            r.user_id,
            r.address
        FROM datadrop.addresses AS r
        WHERE r.dead_letter_id = 0
            AND r.address IS NOT NULL
        LIMIT 8
    ) AS a
    CROSS JOIN LATERAL (
        SELECT w.payload
        FROM datadrop.events AS w
        WHERE w.partition = a.partition
            AND w.kind = 0
            AND w.guild_id = a.guild_id
            AND w.user_id = a.user_id
            AND w.event IN (6, 7)
            AND length(w.payload) > 32
        ORDER BY w.version DESC
        LIMIT 1
    ) AS e;
END
$$;
