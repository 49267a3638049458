-- Plans made while tables are small or were never analysed stay index scans, by the index that has
-- the order asked for (with a few hundred rows another and a sort look cheaper, and are kept), one
-- plan serves batches of every size (a planner that looks at each costs an append of one command
-- more than all the rest), and none is worth compiling.
SET enable_seqscan = off;
SET enable_bitmapscan = off;
SET enable_sort = off;
SET enable_hashjoin = off;
SET enable_mergejoin = off;
SET plan_cache_mode = force_generic_plan;
SET jit = off;
