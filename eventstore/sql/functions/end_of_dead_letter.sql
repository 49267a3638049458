-- The position of a dead letter's last event; null when there is no such dead letter.
CREATE OR REPLACE FUNCTION datadrop.end_of_dead_letter(
    _partition      smallint,
    _dead_letter_id bigint
) RETURNS bigint
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET enable_bitmapscan = off AS $$
BEGIN
    RETURN (
        SELECT e.position
        FROM datadrop.events AS e
        WHERE e.partition = _partition AND e.dead_letter_id = _dead_letter_id
        ORDER BY e.position DESC
        LIMIT 1);
END
$$;
