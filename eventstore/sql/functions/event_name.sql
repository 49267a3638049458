-- The name of a member's event.
CREATE OR REPLACE FUNCTION datadrop.event_name(_number smallint) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (ARRAY[
    'MemberJoined',
    'OnboardingBegun',
    'OnboardingCompleted',
    'EligibilityGranted',
    'EligibilityRejected',
    'RulesAccepted',
    'VerificationRequested',
    'EmailRecorded',
    'VerificationConfirmed',
    'VerificationOverridden',
    'ReverificationRequired',
    'VerificationExpired',
    'MemberKicked',
    'MemberLeft',
    'MemberBanned',
    'BanLifted'
])[_number + 1];
