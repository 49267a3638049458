// What came of a command, for the person who gave it.

import type { Rejected, State, Submitted } from 'datadrop-client'

/** Every outcome has its words: a new one does not compile without. */
export function inWords(outcome: Submitted): string {
  switch (outcome.outcome) {
    case 'accepted': return `Done. ${whereYouAre[outcome.state]}`
    case 'rejected': return refusal(outcome)
    case 'conflict': return `Something changed meanwhile. ${whereYouAre[outcome.state]} Please look again.`
    case 'dead_lettered': return `This could not be settled, and our team looks at it (${outcome.dead_letter_id}). You need not do anything.`
    case 'invalid': return `That cannot be: ${outcome.detail}`
    case 'undecided': return 'This takes longer than usual. Nothing is lost: this answer will change, or you try again later.'
  }
}

/** What is told when the bot itself is broken: a token that was revoked, another server than datadrop. */
export const broken = 'Something is broken here, and was logged. Please try again later.'

function refusal({ code, state }: Rejected): string {
  if (code === 'email_missing') return 'We have no e-mail address of you yet: /verify email:you@example.org'
  return `That is not possible now. ${whereYouAre[state]}`
}

const whereYouAre: Record<State, string> = {
  None: 'You are not on record yet: please try again in a minute.',
  InvitedOrJoined: 'Please begin with the onboarding.',
  OnboardingInProgress: 'Please finish the onboarding.',
  OnboardingCompleted: 'We are looking whether this guild is for you.',
  RoleEligible: 'Please accept the rules.',
  RulesAccepted: 'You can ask for your verification by /verify.',
  VerificationPending: 'Your verification is under way: look into your mail for the code.',
  Verified: 'You are verified.',
  RejectedNotEligible: 'This guild is not for you, we are sorry.',
  Kicked: 'You were removed from this guild.',
  LeftGuild: 'You left this guild.',
  Banned: 'You are banned from this guild.',
}
