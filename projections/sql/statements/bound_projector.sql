-- A projector speaks once a second. One that says nothing is frozen, and without an end to its
-- session it would keep the partition from the others for as long as it is. Nothing is lost with a
-- batch that a crash of the server takes back: it is projected again, from the checkpoint that goes
-- back with it. So its commits leave the disk to those of the log.
SET idle_session_timeout = '5s';
SET idle_in_transaction_session_timeout = '5s';
SET synchronous_commit = off
