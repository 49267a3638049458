SELECT
    f.looked_at,
    f.own
FROM datadrop.fingerprints_of_key() AS f
