-- Lines of a journal of what operators asked.
INSERT INTO pg_temp.remediations (dead_letter, verb, status, letter)
SELECT
    (l.line ->> 'dead_letter')::bigint,
    l.line ->> 'verb',
    (l.line ->> 'status')::bigint,
    l.line -> 'letter'
FROM unnest($1::jsonb[]) AS l (line)
