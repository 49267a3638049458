-- Of a session that reads nothing but stretches of the log. A planner that knows the log only as it
-- was when it was small gathers the rows by a bitmap and sorts them: half as much work again.
SET enable_bitmapscan = off;
SET enable_seqscan = off
