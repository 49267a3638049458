-- Whether the read model shows the whole log.
SELECT bool_and(c.position = h.position)
FROM datadrop.log_head AS h
JOIN datadrop.projection_checkpoints AS c USING (partition)
