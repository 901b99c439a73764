import { type Ask, say } from './ask.ts';

/** What was found out about the arguments when the operation was asked for; see provenance/decide.ts. */
export function provenance(ask: Ask): void {
  for (const { rule, verdict, message, instead } of ask.op.provenance?.findings ?? [])
    say(ask, 'provenance', rule, verdict, message, instead);
}
