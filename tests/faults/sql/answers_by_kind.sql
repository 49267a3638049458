-- How many sendings ended in which way.
SELECT
    s.ended,
    count(*)
FROM pg_temp.sendings AS s
GROUP BY s.ended
ORDER BY s.ended
