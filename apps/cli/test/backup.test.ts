import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { beforeEach, describe, expect, it } from 'vitest';
import { reeve, SUPPORT, serving, temporary } from './support/cli.ts';

const REEVE = join(import.meta.dirname, '../../../bin/reeve.js');
const SECRET = 'unmistakablyprivate';

let here = { data: '', cwd: '' };
beforeEach(async () => {
  const cwd = temporary();
  here = { data: join(cwd, 'data'), cwd };
  await reeve(here, 'apply', SUPPORT, '--yes');
  writeFileSync(
    join(cwd, 'tickets.jsonl'),
    ['ann', 'bob']
      .map(
        (who) =>
          `${JSON.stringify({ id: who, subject: 'Tent', from: `${who}@mail.example`, text: `${SECRET} ${who}` })}\n`,
      )
      .join(''),
  );
  expect((await reeve(here, 'import', join(cwd, 'tickets.jsonl'))).code).toBe(0);
});

const inFolder = (name: string) => join(here.cwd, name);
const at = (name: string) => ({ data: inFolder(name), cwd: here.cwd });
const value = async (setting: typeof here, ...argv: string[]) => {
  const { code, out, err } = await reeve(setting, ...argv, '--json');
  return { code, value: out === '' ? JSON.parse(err) : JSON.parse(out) };
};
const caseText = async (setting: typeof here, id: string) => {
  const shown = await value(setting, 'case', 'show', id);
  return shown.value.text ?? JSON.stringify(shown.value);
};

describe('[CLI90] backup', () => {
  it('[SRV85] is taken while the server works, holds no secret, and restores to the same verified organisation', async () => {
    await serving(here.data, async ({ house }) => {
      // C-2 is done with, C-1 goes on: what is compared below is the same in the copy and afterwards.
      await house.runtime.idle();
      const backup = await reeve(here, 'backup', 'b1', '--keys', 'k1');
      expect(backup).toMatchObject({ code: 0, out: expect.stringMatching(/backed up and verified: \d+ records/) });
      await reeve(here, 'message', 'C-1', 'written after the backup');
    });
    const names = readdirSync(inFolder('b1'), { recursive: true }).map(String);
    expect(names.filter((name) => /token|keys\.db|ledger\.key|snapshot|server\.json/.test(name))).toEqual([]);
    for (const name of names.filter((each) => /ledger\.db$/.test(each)))
      expect(readFileSync(join(inFolder('b1'), name)).includes(SECRET)).toBe(false);
    const restored = await value(at('r1'), 'restore', 'b1', '--keys', 'k1');
    expect(restored).toMatchObject({ code: 0, value: { keys: true, erased: 0 } });
    expect(await value(at('r1'), 'ledger', 'verify')).toMatchObject({ code: 0, value: { ok: true } });
    expect(await caseText(at('r1'), 'C-1')).toContain(SECRET);
    const known = (name: string) => reeve(at(name), 'case', 'show', 'C-2');
    expect((await known('r1')).out).toBe((await known('data')).out);
  });

  it('without keys brings back everything but what is personal, and says so', async () => {
    expect((await reeve(here, 'backup', 'b1')).out).toContain('the keys are not in it');
    expect((await reeve(at('r1'), 'restore', 'b1')).out).toContain('reads [erased] for good');
    expect(await caseText(at('r1'), 'C-1')).toBe('[erased]');
    expect(await value(at('r1'), 'ledger', 'verify')).toMatchObject({ code: 0 });
  });

  it('[SRV88] who was forgotten before or after it stays forgotten', async () => {
    await reeve(here, 'backup', 'b1', '--keys', 'k1');
    await serving(here.data, async ({ house }) => {
      const owner = { principal: 'owner' };
      for (const id of ['C-1']) {
        await house.runtime.idle();
        const body = { case: id, reason: 'over' };
        await house.runtime.submit({ id: '', kind: 'case.cancel', actor: owner, body });
      }
    });
    expect(await reeve(here, 'forget', 'C-1', '--reason', 'asked')).toMatchObject({ code: 0 });
    await reeve(here, 'backup', 'b2', '--keys', 'k2');
    const late = await value(at('r2'), 'restore', 'b2', '--keys', 'k1');
    expect(late).toMatchObject({ code: 0, value: { erased: 1 } });
    expect(await caseText(at('r2'), 'C-1')).toBe('[erased]');
    expect(await caseText(at('r2'), 'C-2')).toContain(SECRET);
    const early = await value(at('r1'), 'restore', 'b1', '--keys', 'k1', '--erased', join('b2', 'erased-keys'));
    expect(early).toMatchObject({ code: 0, value: { erased: 1 } });
    expect(await caseText(at('r1'), 'C-1')).toBe('[erased]');
  });

  it('[SRV86, SRV87] a backup that was changed, cut short or never finished is not restored, and nothing is left', async () => {
    await reeve(here, 'backup', 'b1');
    const refused = async (why: RegExp) => {
      const { code, err } = await reeve(at('r1'), 'restore', 'b1');
      expect(code).not.toBe(0);
      expect(err).toMatch(why);
      expect(existsSync(inFolder('r1'))).toBe(false);
      rmSync(`${inFolder('r1')}.partial`, { recursive: true, force: true });
    };
    const checked = () => reeve(at('nowhere'), 'check-backup', 'b1');
    expect(await checked()).toMatchObject({ code: 0, out: expect.stringMatching(/^sound: .* \d+ records verify/) });
    const db = new DatabaseSync(join(inFolder('b1'), 'ledger/ledger.db'));
    db.exec("UPDATE records SET body = replace(body, 'Acme', 'Evil') WHERE seq = 1");
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    db.close();
    await refused(/ledger\.db was changed/);
    expect(await checked()).toMatchObject({ code: 6, err: expect.stringContaining('ledger.db was changed') });
    rmSync(join(inFolder('b1'), 'ledger/ledger.db'));
    await refused(/ledger\.db is missing/);
    rmSync(join(inFolder('b1'), 'reeve-backup.json'));
    await refused(/never finished/);
  });

  it('[SRV86] neither of them writes over anything', async () => {
    await reeve(here, 'backup', 'b1');
    expect(await reeve(here, 'backup', 'b1')).toMatchObject({ code: 5, err: expect.stringContaining('there already') });
    expect(await reeve(here, 'restore', 'b1')).toMatchObject({
      code: 5,
      err: expect.stringContaining('there already'),
    });
    expect(await reeve(at('none'), 'backup', 'b2')).toMatchObject({ code: 5 });
  });

  it.each(['backup', 'restore'])(
    '[SRV86] a %s that is killed leaves a folder that says so, and nothing else',
    async (what) => {
      await reeve(here, 'backup', 'b1');
      const target = what === 'backup' ? inFolder('b9') : inFolder('r9');
      const argv = what === 'backup' ? ['backup', target] : ['restore', inFolder('b1'), '--data', target];
      const child = spawn(process.execPath, [REEVE, '--data', here.data, ...argv], {
        stdio: 'ignore',
      });
      const ended = new Promise((resolve) => child.once('exit', resolve));
      while (!existsSync(`${target}.partial`) && child.exitCode === null)
        await new Promise((wake) => setTimeout(wake, 1));
      child.kill('SIGKILL');
      await ended;
      expect(existsSync(target)).toBe(false);
      const again = () => (what === 'backup' ? reeve(here, 'backup', 'b9') : reeve(at('r9'), 'restore', 'b1'));
      expect((await again()).err).toContain(`delete ${target}.partial`);
      rmSync(`${target}.partial`, { recursive: true });
      expect((await again()).code).toBe(0);
    },
  );
});

describe('[CLI91] history and search', () => {
  it('answer in sentences, by words and by what was done, in pages', async () => {
    const found = await reeve(here, 'search', SECRET.toUpperCase(), '--kind', 'case.opened');
    expect(found.out.trim().split('\n')).toHaveLength(2);
    expect(found.out).toContain('asked by');
    expect((await reeve(here, 'search', `"${SECRET} bob"`, '--kind', 'case')).out).toContain('case/C-2');
    const one = await value(here, 'history', '--case', 'c-1', '--limit', '1', '--oldest');
    expect(one.value.records).toMatchObject([{ kind: 'case.opened', correlation: 'C-1' }]);
    const next = await value(here, 'history', '--case', 'c-1', '--limit', '1', '--oldest', '--cursor', one.value.next);
    expect(next.value.records[0].seq).toBeGreaterThan(one.value.records[0].seq);
    expect((await reeve(here, 'history', '--since', '1h', '--until', '0m', '--kind', 'organisation')).out).toContain(
      'organisation',
    );
    expect((await reeve(here, 'history', '--until', '2020-01-01')).out).toBe('nothing on the ledger matches\n');
    expect((await reeve(here, 'history', '--since', 'yesterday')).code).toBe(2);
  });
});
