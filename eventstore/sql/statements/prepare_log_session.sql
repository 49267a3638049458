-- An answer means durable, on a synchronous standby too, whatever the role's or the database's
-- default. Plans made while tables are small or were never analysed stay index scans; no plan here
-- is worth compiling.
SELECT set_config('synchronous_commit', 'on', false)
WHERE current_setting('synchronous_commit') IN ('off', 'local');
SET enable_seqscan = off;
SET enable_bitmapscan = off;
SET jit = off;
