-- A projector speaks once a second. One that says nothing is frozen, and without an end to its
-- session it would keep the partition from the others for as long as it is.
SET idle_session_timeout = '5s';
SET idle_in_transaction_session_timeout = '5s'
