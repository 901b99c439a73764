import { alternativeTo } from '../../oversight/modes.ts';
import { ratesFor, subjectsOf, usedUpUntil } from '../rates.ts';
import { type Ask, say } from './ask.ts';

/** [GOV42] Breakers and rates. What has been admitted was counted then, and is not counted against itself. */
export function rate(ask: Ask): void {
  const { op, state, now } = ask;
  if (ask.phase === 'lease') return;
  const breaker = state.operations.breakers.get(op.tool);
  if (breaker && breaker.openUntil > now) {
    const other = alternativeTo(state, op.capability);
    const meanwhile = other === undefined ? '' : `; meanwhile "${other}" may be used`;
    say(
      ask,
      'rate',
      `breaker/${op.tool}`,
      'defer',
      `the tool "${op.tool}" keeps failing; tried again later${meanwhile}`,
    );
  }
  if (op.admittedAt !== undefined) return;
  for (const limit of ratesFor(state, op)) {
    for (const subject of subjectsOf(state, limit, op)) {
      const until = usedUpUntil(state, limit, subject, now);
      if (until === 0) continue;
      const because = limit.because === '' ? '' : ` (${limit.because})`;
      const what = `"${limit.id}" allows ${limit.limit} in ${Math.round(limit.window / 1000)} s for ${limit.per} "${subject}"${because}`;
      say(ask, 'rate', limit.id, limit.effect, what, `wait until ${new Date(until).toISOString()}`);
      ask.reasons.at(-1)!.until = until;
    }
  }
}

/** [GOV41] What its requester has seen must still be so: otherwise he reads again and decides afresh. */
export function versions(ask: Ask): void {
  const { op } = ask;
  if (op.expects === undefined || ask.phase === 'early') return;
  for (const [name, expected] of Object.entries(op.expects)) {
    const found = op.reads?.[name]?.version;
    if (found === expected) continue;
    const now = found === undefined ? 'it has no version now' : `it is ${found} now`;
    say(ask, 'rate', `GOV41/${name}`, 'deny', `"${name}" has changed: you saw ${expected}, ${now}`, 'read it again');
  }
}
