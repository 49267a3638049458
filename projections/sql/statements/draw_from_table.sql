-- At most $2 members of the rows on random pages of a partition's table: so many pages that a long
-- table costs no more than a short one.
SELECT m.guild_id, m.user_id
FROM datadrop.membership AS m
    TABLESAMPLE SYSTEM (least(100.0, 100.0 * ($2::bigint + 10)
        / greatest(1, pg_relation_size(to_regclass('datadrop.membership_' || $1::smallint))
            / current_setting('block_size')::bigint))::real)
WHERE m.partition = $1::smallint
ORDER BY random()
LIMIT $2::bigint
