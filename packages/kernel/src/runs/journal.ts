/**
 * The journal of what a run gets from outside and pays for, such as a model's reply. It is asked for durably before it is
 * paid [RUN8], and durable with its cost before it is used [RUN9]: a run that goes on after a crash reads it and pays nothing.
 */
import type { z } from 'zod';
import { accountsOf } from '../budget/accounts.ts';
import { release } from '../budget/decide.ts';
import { available } from '../budget/views.ts';
import type { Context, Decide } from '../core/context.ts';
import type { Draft } from '../core/events.ts';
import { reject } from '../core/rejection.ts';
import type { State } from '../core/state.ts';
import { activeRun, bookUse, emit, overLimit, stop } from './decide.ts';
import type { runCommands } from './schema.ts';
import type { Run } from './state.ts';

type Body<K extends keyof typeof runCommands> = z.output<(typeof runCommands)[K]>;

/** [RUN8] A budget of tokens that others have used up meanwhile ends the run before it asks for more. */
function outOfTokens(state: State, run: Run, now: number): Draft[] {
  const dry = accountsOf(state, { seat: run.seat, case: run.case, capability: null }, 'tokens').find(
    (account) => available(state, account, now) < 1,
  );
  if (dry === undefined) return [];
  return [stop(run, 'tokens', `the budget "${dry.key}" has no tokens left`), ...release(state, run.reservation)];
}

function ask(state: State, body: Body<'run.ask'>, ctx: Context): Draft[] {
  const run = activeRun(state, body.run);
  if (run.answers?.[body.step] !== undefined)
    reject('conflict', `step ${body.step} of ${run.id} is answered: read its answer`, { rule: 'RUN9' });
  const over = overLimit(state, run, body.step, '', ctx.now);
  if (over.length > 0) return over;
  const dry = outOfTokens(state, run, ctx.now);
  return dry.length > 0 ? dry : [emit(run, 'run.asked', { step: body.step, what: body.what })];
}

function answer(state: State, body: Body<'run.answer'>, ctx: Context): Draft[] {
  const run = activeRun(state, body.run);
  const { step, what, answer: digest, bytes, of, used } = body;
  const answered = emit(run, 'run.answered', { step, what, answer: digest, bytes });
  return of === undefined
    ? [answered]
    : [answered, ...bookUse(state, run, { step, what, money: 0, tokens: 0, of, used }, ctx)];
}

export const journalDecide = {
  'run.ask': ask as Decide<Body<'run.ask'>>,
  'run.answer': answer as Decide<Body<'run.answer'>>,
};
