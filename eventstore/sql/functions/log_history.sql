-- Tells this history of the log from another one, in which the same position may be another
-- event's: after a restore, or on a standby that lacked the end, the server was started at another
-- moment or the table is another. It is the server's word, whatever session a pooler hands out.
CREATE OR REPLACE FUNCTION datadrop.log_history() RETURNS bigint
LANGUAGE sql STABLE PARALLEL SAFE
RETURN hashint8extended(
    (date_part('epoch', pg_postmaster_start_time()) * 1000000)::bigint,
    'datadrop.events'::regclass::oid::bigint);
