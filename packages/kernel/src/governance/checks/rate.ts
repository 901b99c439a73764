import { type Ask, say } from './ask.ts';

export function rate(ask: Ask): void {
  const breaker = ask.state.operations.breakers.get(ask.op.tool);
  if (ask.phase !== 'lease' && breaker && breaker.openUntil > ask.now)
    say(ask, 'rate', `breaker/${ask.op.tool}`, 'defer', `the tool "${ask.op.tool}" keeps failing; tried again later`);
}
