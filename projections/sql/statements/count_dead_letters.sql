-- How many dead letters of a partition the filters of list_dead_letters.sql leave, and since when
-- the oldest of them is parked: by code.
SELECT
    d.code,
    count(*),
    datadrop.micros(min(d.parked_at))
FROM datadrop.dead_letters AS d
WHERE d.partition = $1::smallint
    AND d.id > $2::bigint
    AND ($3::bigint IS NULL OR d.guild_id = $3::bigint)
    AND ($4::bigint IS NULL OR d.user_id = $4::bigint)
    AND ($5::text IS NULL OR d.command ->> 'command' = $5::text)
    AND ($6::text IS NULL OR d.code = $6::text)
    AND ($7::text IS NULL OR d.status = $7::text)
    AND ($8::bigint IS NULL OR d.parked_at < datadrop.from_micros($8::bigint))
    AND ($9::bigint IS NULL OR d.parked_at > datadrop.from_micros($9::bigint))
GROUP BY d.code
