-- Lines of a load's file of answers, tab separated; what an answer does not say is \N.
INSERT INTO pg_temp.answers (key, guild_id, user_id, ended, state, version, position)
SELECT
    l.field[1],
    l.field[2]::bigint,
    l.field[3]::bigint,
    l.field[4],
    nullif(l.field[5], '\N'),
    nullif(l.field[6], '\N')::bigint,
    nullif(l.field[7], '\N')::bigint
FROM (SELECT string_to_array(t.line, E'\t') AS field FROM unnest($1::text[]) AS t (line)) AS l
