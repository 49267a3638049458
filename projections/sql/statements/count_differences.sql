-- Rows that the tables in service have otherwise than the next generation, not counting what the
-- log says behind their checkpoint ($2).
SELECT
    (
        SELECT count(*)
        FROM (SELECT * FROM datadrop.membership WHERE partition = $1::smallint) AS present
        FULL JOIN datadrop.membership_next AS next
            ON next.guild_id = present.guild_id
            AND next.user_id = present.user_id
        WHERE present IS DISTINCT FROM next
            AND coalesce(next.position <= $2::bigint, true)
    ) + (
        SELECT count(*)
        FROM (SELECT * FROM datadrop.dead_letters WHERE partition = $1::smallint) AS present
        FULL JOIN datadrop.dead_letters_next AS next
            ON next.id = present.id
        WHERE present IS DISTINCT FROM next
            AND coalesce(next.position <= $2::bigint, true)
    )
