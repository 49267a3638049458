-- Of the transaction: comparing and filling big tables takes longer than a query may. Nobody but a
-- projector waits behind us for a checkpoint.
SELECT
    set_config('lock_timeout', '500ms', true),
    set_config('statement_timeout', '10min', true)
