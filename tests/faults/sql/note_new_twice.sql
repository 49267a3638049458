-- The keys of which two sendings were under way at once, and both were told to be new: a processor
-- whose connection was lost finds the event of its command, and cannot tell whose hand wrote it.
WITH told AS (
    SELECT *
    FROM pg_temp.sendings AS s
    WHERE s.ended = 'accepted' AND s.outcome ->> 'replayed' = 'false'
)
INSERT INTO pg_temp.new_twice (guild_id, user_id, key)
SELECT DISTINCT a.guild_id, a.user_id, a.key
FROM told AS a
JOIN told AS b USING (guild_id, user_id, key)
WHERE a.submission < b.submission
    AND a.sent_at < b.answered_at
    AND b.sent_at < a.answered_at
