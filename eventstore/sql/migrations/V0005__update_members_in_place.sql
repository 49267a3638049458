-- Every event changes a member's row. Where no index holds what changes, and its page has room, the
-- update stays within the page and touches no index: a third of the work. So pages by state are
-- found by walking the members of the guild (or of all) in the order of their key.
-- Who pages through rare states of millions of members can have the index back for that price:
-- what is made on the parent is kept by every rebuild.
DROP INDEX datadrop.membership_partition_state_guild_id_user_id_idx;

DO $$
DECLARE
    _partition smallint;
BEGIN
    FOR _partition IN SELECT c.partition FROM datadrop.projection_checkpoints AS c LOOP
        EXECUTE format('ALTER TABLE datadrop.membership_%s SET (fillfactor = 85)', _partition);
    END LOOP;
END
$$;
