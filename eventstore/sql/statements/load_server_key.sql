SELECT k.key
FROM datadrop.server_key AS k
