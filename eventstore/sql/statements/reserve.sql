SELECT h.version, h.state, h.has_email, h.lifecycle
FROM datadrop.reserve($1, $2, $3) AS h
