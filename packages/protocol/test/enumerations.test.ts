import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { COMMANDS, REJECTION_CODES } from '@reeve/kernel';
import { expect, it } from 'vitest';
import { PERSON_COMMANDS, PROBLEM_STATUS } from '../src/index.ts';

it('[API7] the words of the kernel are in a file that brings nothing else along', () => {
  const text = readFileSync(fileURLToPath(import.meta.resolve('@reeve/kernel/words')), 'utf8');
  expect(text).not.toMatch(/\bimport\b|\bfrom '/);
});

it('[API7] what a person may not command is what belongs to runs, leases and packs, or has a route of its own', () => {
  const kept = Object.keys(COMMANDS).filter((kind) => !(PERSON_COMMANDS as readonly string[]).includes(kind));
  const mine =
    /^(run\.|organisation\.apply$|customer\.forget$|desk\.snapshot$|notice\.|oversight\.observe$|operation\.(read|read_failed|lease|complete|fail|lapse|look|reconcile|verify|unverifiable)$)/;
  expect(kept.filter((kind) => !mine.test(kind))).toEqual([]);
});

it('[API4] every rejection of the kernel has a status', () => {
  for (const code of REJECTION_CODES) expect(PROBLEM_STATUS[code]).toBeGreaterThanOrEqual(400);
});
