-- What a chain was decided on is checked whole. After a restore to an earlier moment a member may stand at
-- the version and in the state that a server remembers, and be of another stay or without an e-mail.
ALTER TYPE datadrop.append_chain
    ADD ATTRIBUTE expected_has_email boolean,
    ADD ATTRIBUTE expected_lifecycle bigint;
