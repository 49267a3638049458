-- What was sent and what came of it, sending by sending; times in microseconds. Nobody could be
-- served between two acceptances that follow each other; a submission is settled by its last
-- sending. At the end: what was told to be accepted and is not there, and what is there twice.
SELECT
    (SELECT count(DISTINCT s.submission) FROM pg_temp.sendings AS s),
    (SELECT count(*) FROM pg_temp.sendings AS s),
    (SELECT coalesce(max(s.answered_at - s.sent_at), 0) FROM pg_temp.sendings AS s),
    (SELECT coalesce(max(w.span), 0)
     FROM (SELECT max(s.answered_at) - min(s.sent_at) AS span
           FROM pg_temp.sendings AS s
           GROUP BY s.submission) AS w),
    (SELECT coalesce(max(w.pause), 0)
     FROM (SELECT s.answered_at - lag(s.answered_at) OVER (ORDER BY s.answered_at) AS pause
           FROM pg_temp.sendings AS s
           WHERE s.ended = 'accepted') AS w),
    (SELECT coalesce(percentile_disc(0.50) WITHIN GROUP (ORDER BY s.answered_at - s.sent_at), 0)
     FROM pg_temp.sendings AS s
     WHERE s.ended = 'accepted'),
    (SELECT coalesce(percentile_disc(0.99) WITHIN GROUP (ORDER BY s.answered_at - s.sent_at), 0)
     FROM pg_temp.sendings AS s
     WHERE s.ended = 'accepted'),
    (SELECT count(*)
     FROM pg_temp.sendings AS s
     LEFT JOIN datadrop.membership_events AS e
         ON (e.guild_id, e.user_id, e.idempotency_key) = (s.guild_id, s.user_id, s.key)
     WHERE s.ended = 'accepted' AND e.position IS NULL),
    (SELECT count(*)
     FROM (SELECT
           FROM datadrop.membership_events AS e
           GROUP BY e.guild_id, e.user_id, e.idempotency_key
           HAVING count(*) > 1) AS k)
