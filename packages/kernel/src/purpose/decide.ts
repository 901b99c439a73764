/** Purpose put together for the registry. */
import { amendDecide } from './amend.ts';
import { checkFollowUps, checkReact } from './check.ts';
import { proposalsDecide, proposalsFollowUps, proposalsReact } from './proposals.ts';
import { reviewsFollowUps, reviewsReact } from './reviews.ts';

export const purposeDecide = { ...amendDecide, ...proposalsDecide };
export const purposeFollowUps = { ...checkFollowUps, ...reviewsFollowUps, ...proposalsFollowUps };
export const purposeReact = { ...checkReact, ...reviewsReact, ...proposalsReact };
