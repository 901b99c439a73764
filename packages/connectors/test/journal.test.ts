import { readdirSync, readFileSync, renameSync } from 'node:fs';
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { capability } from '@reeve/kernel';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { callOf } from '../src/contract-suite.ts';
import { ToolError } from '../src/port.ts';
import { refused } from '../src/shared/call.ts';
import { type Journal, openJournal } from '../src/shared/journal.ts';

const WRITE = capability.parse({ id: 'it.write', tool: 'it', effect: 'reversible' });
const RESULT = { value: { ok: true } };
let base: string;
let published: string[];

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'reeve-journal-'));
  published = [];
});
afterEach(() => rm(base, { recursive: true, force: true }));

type Publish = (staged: string, target: string) => void;
const move: Publish = (staged, target) => renameSync(staged, join(base, target));

function journal(publish: Publish = move): Journal {
  return openJournal({
    database: join(base, 'effects.db'),
    staging: join(base, 'staging'),
    check: () => undefined,
    publish: (staged, target) => {
      published.push(target);
      publish(staged, target);
    },
  });
}

const write = (to: Journal, key: string, target = `${key}.md`) =>
  to.publish(callOf(WRITE, { target }, { key }), target, Buffer.from(key), RESULT);

/** A journal whose process died right after it had recorded its intent. */
async function crashed(key: string): Promise<void> {
  const dying = journal(() => {
    throw new Error('power is gone');
  });
  await expect(write(dying, key)).rejects.toMatchObject({ category: 'transient', uncertain: true });
  dying.close();
}

const documents = () => readdirSync(base).filter((name) => name.endsWith('.md'));

it('finishes on opening what was recorded before a crash [CON44] [T16]', async () => {
  await crashed('k1');
  expect(documents()).toEqual([]);
  const reopened = journal();
  expect(documents()).toEqual(['k1.md']);
  expect(reopened.find('k1')?.result).toEqual(RESULT);
  expect(await write(reopened, 'k1')).toEqual(RESULT);
  expect(published).toEqual(['k1.md', 'k1.md']);
  reopened.close();
});

it('takes what was renamed before a crash as landed, and does not publish it again [CON44] [T16]', async () => {
  await crashed('k1');
  const [staged] = readdirSync(join(base, 'staging'));
  renameSync(join(base, 'staging', staged!), join(base, 'taken-away'));
  published = [];
  const reopened = journal();
  expect(reopened.find('k1')?.result).toEqual(RESULT);
  expect(published).toEqual([]);
  reopened.close();
});

it('finishes earlier intents before later ones, so that the last write stays [CON44]', async () => {
  const other = journal();
  await crashed('k1');
  await other.publish(callOf(WRITE, { target: 'k1.md' }, { key: 'k2' }), 'k1.md', Buffer.from('later'), RESULT);
  other.close();
  expect(readFileSync(join(base, 'k1.md'), 'utf8')).toBe('later');
  expect(readdirSync(join(base, 'staging'))).toEqual([]);
  expect(published.slice(-2)).toEqual(['k1.md', 'k1.md']);
});

it('forgets an intent that can never land, and says so to its caller [CON44]', async () => {
  const strict = journal((_, target) => {
    throw refused(`${target} is taken`);
  });
  await expect(write(strict, 'k1')).rejects.toThrow('k1.md is taken');
  expect(strict.find('k1')).toBeUndefined();
  expect(readdirSync(join(base, 'staging'))).toEqual([]);
  strict.close();
});

it('leaves no staging file and no effect when the intent cannot be recorded [CON44]', async () => {
  const busy = journal();
  const other = new DatabaseSync(join(base, 'effects.db'));
  other.exec('BEGIN IMMEDIATE');
  const failure = await write(busy, 'k1').catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(ToolError);
  expect(failure).toMatchObject({ category: 'transient', uncertain: false });
  other.close();
  expect(busy.find('k1')).toBeUndefined();
  expect(readdirSync(join(base, 'staging'))).toEqual([]);
  busy.close();
});

it('removes staging files that were abandoned long ago, and only those [CON44]', async () => {
  journal().close();
  for (const name of ['old', 'young']) await writeFile(join(base, 'staging', name), 'x');
  await utimes(join(base, 'staging', 'old'), 0, 0);
  journal().close();
  expect(readdirSync(join(base, 'staging'))).toEqual(['young']);
});
