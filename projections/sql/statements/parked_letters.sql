-- How many dead letters of a partition are parked, and since when the oldest: by code.
SELECT
    d.code,
    count(*),
    datadrop.micros(min(d.parked_at))
FROM datadrop.dead_letters AS d
WHERE d.partition = $1::smallint
    AND d.status = 'parked'
GROUP BY d.code
