-- Before the snapshot is taken: a rebuild that switched behind it would leave the snapshot a new
-- table without a row to see.
LOCK TABLE ONLY datadrop.membership, ONLY datadrop.dead_letters IN ACCESS SHARE MODE
