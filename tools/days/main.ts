/** `npm run days -- [--days 90] [--seed 1] [--pack support|content] [--cases 12] [--json]`: both packs for a season, and why. */
import { parseArgs } from 'node:util';
import { playDays } from '@reeve/simulator';
import { problemsOf, type Report, reportOf, reportText } from './report.ts';

const USAGE = `npm run days -- [--days 90] [--seed 1] [--pack support|content] [--cases 12] [--json]
Plays the organisations on virtual time and prints what happened, with the records and the explanations. 0: all of it was there.`;
const PACKS = ['support', 'content'] as const;
/** With fewer there is no time for a gap to open and close before the form of mails breaks. */
const LEAST = 20;

class Usage extends Error {}

function whole(name: string, text: string, least: number): number {
  if (/^\d{1,9}$/.test(text) && Number(text) >= least) return Number(text);
  throw new Usage(`--${name} ${text}: expected a whole number from ${least}`);
}

function packsOf(name: string | undefined): readonly (typeof PACKS)[number][] {
  if (name === undefined) return PACKS;
  const found = PACKS.find((pack) => pack === name);
  if (found) return [found];
  throw new Usage(`--pack ${name}: expected ${PACKS.join(' or ')}`);
}

function read() {
  const { values } = parseArgs({
    options: {
      ...{ days: { type: 'string', default: '90' }, seed: { type: 'string', default: '1' }, pack: { type: 'string' } },
      ...{ cases: { type: 'string', default: '12' }, json: { type: 'boolean', default: false } },
    },
  });
  const { pack, json } = values;
  return {
    ...{ days: whole('days', values.days, LEAST), seed: whole('seed', values.seed, 0), packs: packsOf(pack), json },
    casesPerDay: whole('cases', values.cases, 6),
  };
}

async function main(): Promise<boolean> {
  const { packs, json, days, seed, casesPerDay } = read();
  const reports: Report[] = [];
  for (const pack of packs) {
    const began = performance.now();
    const outcome = await playDays({ pack, days, seed, casesPerDay });
    const report = await reportOf(outcome, seed, (performance.now() - began) / 1000);
    reports.push(report);
    if (!json) process.stdout.write(`${reportText(report)}\n`);
  }
  if (json) process.stdout.write(`${JSON.stringify(reports)}\n`);
  return reports.every((report) => problemsOf(report).length === 0);
}

try {
  process.exitCode = (await main()) ? 0 : 1;
} catch (error) {
  const usage = error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
  if (!(error instanceof Usage) && !usage) throw error;
  process.stderr.write(`${(error as Error).message}\n${USAGE}\n`);
  process.exitCode = 2;
}
