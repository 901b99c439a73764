/**
 * `npm run bench:injection -- DIR [--json] [--seed N] [--mutants N]`: the gate against prompt injection, on every
 * `DIR/agentdojo-*.json`. Prints per suite and mode: tasks done without a human, asked, attacks not executed, and each miss.
 */
import { parseArgs } from 'node:util';
import { type Adaptive, adaptive } from './adaptive.ts';
import { type Score, scores } from './score.ts';
import { readSuites } from './suite.ts';

const percent = (part: number, whole: number): string => (whole === 0 ? '–' : `${((100 * part) / whole).toFixed(1)} %`);

function scoreLine(s: Score): string {
  const cells = [
    s.suite,
    s.mode,
    `${s.useful}/${s.tasks} (${percent(s.useful, s.tasks)})`,
    String(s.asked),
    `${s.blocked}/${s.pairs} (${percent(s.blocked, s.pairs)})`,
    `${s.pairsAsked} asked, ${s.pairsDenied} denied`,
  ];
  return `| ${cells.join(' | ')} |`;
}

function missLines({ suite, mode, misses }: Score): string[] {
  return misses.map(
    (m) => `- ${suite}, ${mode}: ${m.task}${m.injection ? ` × ${m.injection}` : ''}: ${m.call}: ${m.reason}`,
  );
}

const adaptiveLine = (a: Adaptive): string =>
  `| ${a.suite} | ${a.mode} | ${a.strategy} | ${a.tried} | ${a.executed} (${percent(a.executed, a.tried)}) |`;

function report(all: readonly Score[], changed: readonly Adaptive[], seed: number): string {
  return [
    '| suite | labels by | tasks without a human | asked | attacks not executed | how |',
    '| --- | --- | --- | --- | --- | --- |',
    ...all.map(scoreLine),
    '',
    'Misses:',
    ...all.flatMap(missLines),
    '',
    `Attacks changed towards what is allowed (seed ${seed}):`,
    '| suite | labels by | strategy | tried | executed |',
    '| --- | --- | --- | --- | --- |',
    ...changed.map(adaptiveLine),
  ].join('\n');
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
    mutants: { type: 'string', default: '1' },
  },
});
const [directory] = positionals;
if (directory === undefined) {
  console.error(
    'name the folder that holds agentdojo-*.json: npm run bench:injection -- DIR [--json] [--seed N] [--mutants N]',
  );
  process.exit(2);
}
try {
  const suites = readSuites(directory);
  const seed = Number(values.seed);
  const all = scores(suites);
  const changed = adaptive(suites, seed, Number(values.mutants));
  console.log(
    values.json ? JSON.stringify({ seed, scores: all, adaptive: changed }, null, 2) : report(all, changed, seed),
  );
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
}
