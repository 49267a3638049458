-- How many events the log holds.
SELECT coalesce(sum(h.position - (h.partition::bigint << 48)), 0)::bigint
FROM datadrop.log_head AS h
