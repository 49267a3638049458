-- What an operator was told of a dead letter is so, and stays so.
WITH looked_at AS (
    SELECT CASE
        WHEN d.id IS NULL
            THEN format('an operator was told of %s, which there is not', r.dead_letter)
        WHEN r.letter ->> 'status' IN ('redriven', 'discarded')
            AND d.status <> r.letter ->> 'status'
            THEN format('%s was told to be %s and is %s', r.dead_letter, r.letter ->> 'status',
                d.status)
        WHEN r.letter -> 'outcome' ->> 'outcome' = 'accepted' AND d.status <> 'redriven'
            THEN format('the redrive of %s was told to be accepted, and it is %s', r.dead_letter,
                d.status)
    END AS difference
    FROM pg_temp.remediations AS r
    LEFT JOIN datadrop.dead_letters AS d ON d.id = r.dead_letter
    WHERE r.status = 200
)
SELECT
    count(*),
    count(l.difference),
    coalesce(array_to_string(
        (array_agg(l.difference) FILTER (WHERE l.difference IS NOT NULL))[1:3], E'\n'), '')
FROM looked_at AS l
