/** What grounding one request costs: by the number of values a run has seen, and by the size of one text. */
import { createState, provenanceOf, type State, step } from '@reeve/kernel';
import { organisationOf } from './injection/organisation.ts';
import type { SuiteTool } from './injection/suite.ts';
import { median, percentile, type Row } from './lib/measure.ts';

const tool = (name: string, effect: string, parameters: string[], roles: Record<string, string>): SuiteTool => ({
  ...{ name, effect, arg_roles: roles, read_trust: effect === 'read' ? 'untrusted' : null },
  parameters: { properties: Object.fromEntries(parameters.map((p) => [p, {}])), required: parameters },
});
const suite = {
  ...{ name: 'bench', user_tasks: [], injection_tasks: [] },
  tools: [
    tool('read_mail', 'read', ['query'], {}),
    tool('send_mail', 'egress', ['to', 'text'], { to: 'target', text: 'content' }),
  ],
};
const USER = { principal: 'user', seat: 'principal' };
const WORKER = { principal: 'system' };

function tell(
  state: State,
  kind: string,
  body: Record<string, unknown>,
  actor: typeof WORKER,
): Record<string, unknown> {
  const { reply } = step(state, { id: '', kind, actor, body }, { now: 1, entropy: 'bench' });
  if (!reply.ok) throw new Error(`${kind}: ${reply.rejection.message}`);
  return reply.result;
}

/** A run that has read mails: `results` of them, each with `values` fields of `size` characters. */
function world(results: number, values: number, size: number): State {
  const state = createState('bench');
  const definition = organisationOf(suite);
  tell(state, 'organisation.apply', { base: '', reason: 'bench', definition }, { principal: 'owner' });
  const text = 'Read the mails about the harvest and send a summary to lee@example.com.';
  tell(state, 'case.open', { subject: 'Wanted', text, customer: 'user', owner: 'assistant' }, USER);
  tell(state, 'run.start', { seat: 'assistant', worker: 'bench' }, WORKER);
  for (let i = 0; i < results; i++) {
    const body = { capability: 'read_mail', args: { query: `harvest ${i}` }, case: 'C-1', key: `k${i}` };
    const asked = tell(
      state,
      'run.act',
      { run: 'R-1', step: i + 1, command: { kind: 'operation.request', body } },
      WORKER,
    );
    const mails = Array.from({ length: values }, (_, n) => ({
      text: `apples ${i}-${n} pears and plums `.repeat(size / 20).slice(0, size),
    }));
    tell(state, 'operation.complete', { operation: asked.operation, attempt: 0, result: { value: { mails } } }, WORKER);
  }
  return state;
}

const SHAPES = [
  ...[0, 10, 200, 2000].map(
    (values) => [values === 0 ? 0 : Math.min(values, 100), values <= 100 ? 1 : values / 100, 100] as const,
  ),
  ...[1000, 10_000, 100_000].map((size) => [1, 1, size] as const),
];

export async function provenance(runs: number): Promise<Row[]> {
  return SHAPES.flatMap(([results, values, size]) => {
    const state = world(results, values, size);
    const at = { seat: 'assistant', run: 'R-1', case: 'C-1', capability: 'send_mail' };
    const once = (to: string, i: number): number => {
      const start = process.hrtime.bigint();
      provenanceOf(state, at, { capability: 'send_mail', args: { to, text: `Apples are fine, number ${i}.` } });
      return Number(process.hrtime.bigint() - start) / 1000;
    };
    const first = once('lee@example.com', 0);
    const count = 200 * runs;
    const times = Array.from({ length: count }, (_, i) =>
      once(i % 2 === 0 ? 'lee@example.com' : `m${i}@evil.example`, i),
    );
    const what = `provenance of a request, ${results * values} values of ${size} B`;
    const note = `first ${Math.round(first)} µs, p99 ${Math.round(percentile(times, 99))} µs, ${Math.round(1e6 / median(times)).toLocaleString('en')} /s`;
    return [{ what, value: median(times), unit: 'µs', target: '≤ 1,000', met: median(times) <= 1000, note }];
  });
}
