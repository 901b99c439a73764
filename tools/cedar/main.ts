/** `npm run bench:cedar [-- --requests N] [--seed N] [--json]`: the rights engine beside Cedar. Ends with 1 on a disagreement. */
import { parseArgs } from 'node:util';
import { getCedarVersion } from '@cedar-policy/cedar-wasm/nodejs';
import { type Comparison, compare } from './compare.ts';

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
});

const comparison = compare(Number(values.requests), Number(values.seed));
process.stdout.write(values.json ? `${JSON.stringify({ ...comparison, ...speeds(comparison) })}\n` : text(comparison));
process.exitCode = comparison.disagreements.length === 0 ? 0 : 1;

/** Decisions per second. */
function speeds({ requests, seconds }: Comparison) {
  return { reevePerSecond: Math.round(requests / seconds.reeve), cedarPerSecond: Math.round(requests / seconds.cedar) };
}

function text(result: Comparison): string {
  const { requests, worlds, verdicts, disagreements } = result;
  const { reevePerSecond, cedarPerSecond } = speeds(result);
  const counts = Object.entries(verdicts).map(([verdict, count]) => `${verdict} ${count}`);
  return [
    ...disagreements.map((each) => JSON.stringify(each)),
    `requests       ${requests} in ${worlds} worlds`,
    `verdicts       ${counts.join(', ')}`,
    `disagreements  ${disagreements.length}`,
    `Reeve          ${reevePerSecond} decisions/s (whole gate, every reason)`,
    `Cedar ${getCedarVersion().padEnd(8)} ${cedarPerSecond} decisions/s (up to two queries, entities as JSON into WebAssembly)`,
    '',
  ].join('\n');
}
