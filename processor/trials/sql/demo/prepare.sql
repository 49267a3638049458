-- What the checks work on: what the clients were answered, and the rules as a person writes them
-- down. Nothing here comes from the program's own tables of rules.
CREATE TEMPORARY TABLE answers (
    door       text   NOT NULL, -- whose token
    sent_at    bigint NOT NULL, -- microseconds since 1970, of the first sending
    latency    bigint NOT NULL, -- microseconds until the outcome was there
    guild_id   bigint NOT NULL,
    user_id    bigint NOT NULL,
    key        text   COLLATE "C" NOT NULL,
    command    jsonb  NOT NULL, -- as it was sent
    outcome    jsonb  NOT NULL, -- as it was answered
    ended      text   NOT NULL  -- the outcome's name
);

-- Commands whose senders did not wait for an answer: what became of them, nobody was told. The
-- demo's clients wait for each.
CREATE TEMPORARY TABLE IF NOT EXISTS abandoned (
    guild_id   bigint NOT NULL,
    user_id    bigint NOT NULL,
    key        text   COLLATE "C" NOT NULL
);

CREATE TEMPORARY TABLE active_states AS
SELECT *
FROM (VALUES
    ('InvitedOrJoined'), ('OnboardingInProgress'), ('OnboardingCompleted'), ('RoleEligible'),
    ('RulesAccepted'), ('VerificationPending'), ('Verified')
) AS v (state);

CREATE TEMPORARY TABLE rules AS
SELECT *
FROM (VALUES
('Join',                  'MemberJoined',           'None',                 'InvitedOrJoined'),
('Join',                  'MemberJoined',           'LeftGuild',            'InvitedOrJoined'),
('Join',                  'MemberJoined',           'Kicked',               'InvitedOrJoined'),
('Join',                  'MemberJoined',           'RejectedNotEligible',  'InvitedOrJoined'),
('BeginOnboarding',       'OnboardingBegun',        'InvitedOrJoined',      'OnboardingInProgress'),
('CompleteOnboarding',    'OnboardingCompleted',    'OnboardingInProgress', 'OnboardingCompleted'),
('GrantEligibility',      'EligibilityGranted',     'OnboardingCompleted',  'RoleEligible'),
('RejectEligibility',     'EligibilityRejected',    'OnboardingCompleted',  'RejectedNotEligible'),
('RejectEligibility',     'EligibilityRejected',    'VerificationPending',  'RejectedNotEligible'),
('AcceptRules',           'RulesAccepted',          'RoleEligible',         'RulesAccepted'),
('RequestVerification',   'VerificationRequested',  'RulesAccepted',        'VerificationPending'),
('RecordEmail',           'EmailRecorded',          'VerificationPending',  'VerificationPending'),
('ConfirmVerification',   'VerificationConfirmed',  'VerificationPending',  'Verified'),
('OverrideVerification',  'VerificationOverridden', 'VerificationPending',  'Verified'),
('RequireReverification', 'ReverificationRequired', 'Verified',             'VerificationPending'),
('ExpireVerification',    'VerificationExpired',    'VerificationPending',  'Kicked'),
('ExpireVerification',    'VerificationExpired',    'VerificationPending',  'RejectedNotEligible'),
('Kick',                  'MemberKicked',           'LeftGuild',            'Kicked'),
('Ban',                   'MemberBanned',           'LeftGuild',            'Banned'),
('Ban',                   'MemberBanned',           'Kicked',               'Banned'),
('Ban',                   'MemberBanned',           'RejectedNotEligible',  'Banned'),
('LiftBan',               'BanLifted',              'Banned',               'LeftGuild')
) AS v (command, event, from_state, to_state)
UNION ALL
SELECT v.command, v.event, s.state, v.to_state
FROM (VALUES
    ('Kick',  'MemberKicked', 'Kicked'),
    ('Leave', 'MemberLeft',   'LeftGuild'),
    ('Ban',   'MemberBanned', 'Banned')
) AS v (command, event, to_state)
CROSS JOIN active_states AS s;
