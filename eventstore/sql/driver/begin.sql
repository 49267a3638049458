-- Its end is durable, on a synchronous standby too, whatever the role or the database says. That is
-- said in the transaction: a setting of the session would go with it to whomever a pooler gives the
-- session next.
BEGIN ISOLATION LEVEL READ COMMITTED;
SELECT set_config('synchronous_commit', 'on', true)
WHERE current_setting('synchronous_commit') IN ('off', 'local')
