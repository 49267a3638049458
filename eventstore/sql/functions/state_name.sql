-- The name of a member's state.
CREATE OR REPLACE FUNCTION datadrop.state_name(_number smallint) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (ARRAY[
    'None',
    'InvitedOrJoined',
    'OnboardingInProgress',
    'OnboardingCompleted',
    'RoleEligible',
    'RulesAccepted',
    'VerificationPending',
    'Verified',
    'RejectedNotEligible',
    'Kicked',
    'LeftGuild',
    'Banned'
])[_number + 1];
