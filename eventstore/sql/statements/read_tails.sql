SELECT h.position
FROM datadrop.log_head AS h
