CREATE INDEX ON pg_temp.answers (guild_id, user_id, key);
CREATE INDEX ON pg_temp.written (guild_id, user_id, key);
ANALYZE pg_temp.answers;
ANALYZE pg_temp.written;
