-- Replication slots, and how many bytes of WAL each keeps on the disk.
SELECT
    s.slot_name::text,
    s.active,
    coalesce(
        pg_wal_lsn_diff(
            CASE
                WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()
                ELSE pg_current_wal_lsn()
            END,
            s.restart_lsn),
        0)::bigint
FROM pg_replication_slots AS s
WHERE NOT s.temporary
ORDER BY 3 DESC
LIMIT 100
