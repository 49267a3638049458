SELECT h.position
FROM datadrop.log_head AS h
WHERE h.partition = $1::smallint
