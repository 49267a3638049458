-- Parked dead letters of a partition, at most $10, that the filters of list_dead_letters.sql leave,
-- become the items of a run ($11).
WITH selected AS (
    INSERT INTO datadrop.letter_run_items (partition, run_id, dead_letter_id, seen)
    SELECT
        d.partition,
        $11::bigint,
        d.id,
        d.position
    FROM datadrop.dead_letters AS d
    WHERE d.partition = $1::smallint
        AND d.id > $2::bigint
        AND ($3::bigint IS NULL OR d.guild_id = $3::bigint)
        AND ($4::bigint IS NULL OR d.user_id = $4::bigint)
        AND ($5::text IS NULL OR d.command ->> 'command' = $5::text)
        AND ($6::text IS NULL OR d.code = $6::text)
        AND d.status = $7::text
        AND ($8::bigint IS NULL OR d.parked_at < datadrop.from_micros($8::bigint))
        AND ($9::bigint IS NULL OR d.parked_at > datadrop.from_micros($9::bigint))
    ORDER BY d.id
    LIMIT $10::bigint
    RETURNING 1
)
SELECT count(*)
FROM selected
