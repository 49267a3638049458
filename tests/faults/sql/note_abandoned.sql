-- The commands of which a sending was left alone while its processor may have gone on with it.
INSERT INTO pg_temp.abandoned (guild_id, user_id, key)
SELECT DISTINCT s.guild_id, s.user_id, s.key
FROM pg_temp.sendings AS s
WHERE s.abandoned
