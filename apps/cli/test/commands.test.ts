import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { plainText, reeve, SUPPORT, serving, temporary } from './support/cli.ts';

// One organisation that worked through a few tickets; the tests look at it and command it while it is stopped.
const folders: (() => void)[] = [];
const data = temporary((work) => folders.push(work));
const here = { data };
afterAll(() => {
  for (const remove of folders) remove();
});

/** Tickets that end in decisions to be made, and the first ten, which end in all ways. */
function chosen(): string[] {
  const lines = (file: string) =>
    readFileSync(join(SUPPORT, 'tickets', file), 'utf8')
      .trim()
      .split('\n');
  const expected = lines('expected.jsonl').map((line) => JSON.parse(line) as { expect: string });
  return lines('tickets.jsonl').filter((_, index) => index < 10 || expected[index]?.expect === 'approval');
}

interface Pending {
  readonly id: string;
  readonly case: string;
  readonly cost: number;
}
/** Decisions about money, in the order in which they were asked for. */
let pending: Pending[] = [];

beforeAll(async () => {
  const few = join(
    temporary((work) => folders.push(work)),
    'few.jsonl',
  );
  const tickets = chosen();
  writeFileSync(few, `${tickets.join('\n')}\n`);
  await reeve(here, 'apply', SUPPORT, '--yes');
  await serving(data, async ({ house }) => {
    const imported = await reeve(here, 'import', few);
    expect(imported.out).toBe(`${tickets.length} imported, 0 already there, 0 bad\n`);
    await house.runtime.idle();
  });
  pending = (await json('inbox')).value.approvals.filter((each: Pending) => each.cost > 0);
});

const json = async (...argv: string[]) => {
  const { code, out } = await reeve(here, ...argv, '--json');
  return { code, value: JSON.parse(out) };
};

describe('looking', () => {
  it('[CLI40] status shows targets, money, cases, what waits, switches and health (R-D27)', async () => {
    const { code, out } = await reeve(here, 'status');
    expect(code).toBe(0);
    for (const part of ['Targets', 'Money', 'Cases', 'Waits for you', 'Switches', 'Health'])
      expect(out).toContain(part);
    expect(out).toMatch(/Refunds per month +\$\d+\.\d\d/);
    expect(out).toMatch(/\d+ decisions/);
    expect((await json('status')).value).toMatchObject({ name: 'Acme Outdoor', server: null });
  });

  it('[CLI40] cases are listed by status and cut to the width of the terminal (R-A82)', async () => {
    const { value } = await json('cases', '--status', 'closed');
    expect(value.cases.length).toBeGreaterThan(0);
    expect(new Set(value.cases.map((each: { status: string }) => each.status))).toEqual(new Set(['closed']));
    const { out } = await reeve({ ...here, terminal: { columns: 80 } }, 'cases');
    for (const line of plainText(out).split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    expect((await reeve(here, 'cases', '--limit', '1')).out).toContain('and more');
  });

  it('[CLI40] a case shows what was asked, done, noted and decided (R-E48)', async () => {
    const { out, code } = await reeve(here, 'case', 'show', pending[0]!.case.toLowerCase());
    expect(code).toBe(0);
    for (const part of ['The customer wrote', 'Tasks', 'Operations', 'Waits for a decision', 'History'])
      expect(out).toContain(part);
    expect((await json('case', 'show', pending[0]!.case)).value.timeline.length).toBeGreaterThan(5);
  });

  it('[CLI41] the inbox lists each decision once, with its amount', async () => {
    const { out } = await reeve(here, 'inbox');
    for (const { id } of pending) expect(out).toMatch(new RegExp(`^${id} +\\$\\d+\\.\\d\\d +orders\\.`, 'm'));
    expect(out).not.toContain('approval request');
    expect((await json('inbox', '--seat', 'router')).value.seat).toBe('router');
  });

  it('[CLI42] why answers for operations, approvals and cases', async () => {
    const { value } = await json('why', pending[0]!.case);
    const asked = value.operations.map((each: { operation: { id: string } }) => each.operation.id);
    expect(asked.length).toBeGreaterThan(2);
    const { out, code } = await reeve(here, 'why', pending[0]!.id.toLowerCase());
    expect(code).toBe(0);
    expect(out).toMatch(/(amount|value): \$\d+\.\d\d/);
    expect(out).toContain('before own-order: ');
  });

  it.each([
    ['why', 'OP-99999'],
    ['case', 'show', 'C-99999'],
    ['approve', 'A-99999'],
  ])('[CLI1] what does not exist is refused with 4: %s', async (...argv) => {
    const { code, err } = await reeve(here, ...argv);
    expect(code).toBe(4);
    expect(err).toMatch(/^error: there is no .*\n {2}why: .+\n {2}next: (?!.*\/v1\/).+\n$/);
  });
});

describe('deciding', () => {
  it('[CLI41] approve decides what is asked for now, once', async () => {
    const { id } = pending[0]!;
    const { code, out } = await reeve(here, 'approve', id, '--note', 'long-standing customer');
    expect(code).toBe(0);
    expect(out).toMatch(
      new RegExp(
        `^approved ${id}: orders\\.\\w+ of \\$\\d+\\.\\d\\d for C-\\d+ \\(OP-\\d+, asked by \\w+-specialist\\)`,
      ),
    );
    expect(out).toContain('reeve up');
    const again = await reeve(here, 'approve', id);
    expect(again).toMatchObject({ code: 4, err: expect.stringContaining('already approved') });
    expect((await reeve(here, 'why', id)).out).toContain('note: long-standing customer');
  });

  it('[CLI41] reject and revise need a note', async () => {
    const [second, third] = [pending[1]!.id, pending[2]!.id];
    expect(await reeve(here, 'reject', second)).toMatchObject({ code: 2, err: expect.stringContaining('--note') });
    expect(await json('reject', second, '--note', 'not now')).toMatchObject({ code: 0, value: { approval: second } });
    expect(await json('revise', third, '--note', 'half')).toMatchObject({ code: 0, value: { approval: third } });
  });

  it('[CLI43] kill trips a switch and --rearm takes it back', async () => {
    expect(await reeve(here, 'kill', 'capability', 'orders.refund', '--reason', 'wrong amounts')).toMatchObject({
      code: 0,
    });
    expect((await reeve(here, 'status')).out).toContain('capability orders.refund: wrong amounts');
    expect(await reeve(here, 'kill', '--rearm', 'capability', 'orders.refund', '--reason', 'fixed')).toMatchObject({
      code: 0,
    });
    expect((await reeve(here, 'status')).out).toContain('none tripped');
    expect(await reeve(here, 'kill', 'everything', '--reason', 'x')).toMatchObject({ code: 2 });
    expect(await reeve(here, 'kill', 'seat', '--reason', 'x')).toMatchObject({ code: 2 });
    expect(await reeve(here, 'kill', 'seat', 'nobody', '--reason', 'x')).toMatchObject({ code: 4 });
  });

  it('[CLI44] a message of the customer is on the case', async () => {
    const { code, out } = await reeve(here, 'message', 'C-1', 'Thank you, and one more question');
    expect(code).toBe(0);
    expect(out).toContain('C-1');
    expect((await reeve(here, 'case', 'show', 'C-1')).out).toContain('one more question');
  });
});

describe('what was decided, in numbers', () => {
  it('[CLI62] reviews count decisions, minutes and cost by capability, requester and reviewer', async () => {
    const { value } = await json('reviews');
    const [mine] = value.byReviewer;
    expect(mine).toMatchObject({ id: 'operator', approved: expect.any(Number), signal: null });
    expect(mine.approved + mine.rejected + mine.revised).toBeGreaterThan(0);
    expect(mine.minutes).toBeGreaterThan(0);
    expect(mine.cost).toBe(Math.round(mine.minutes * 1_000_000));
    const { out } = await reeve(here, 'reviews');
    for (const part of ['decisions by people', 'decided by', 'operator', 'nothing stands out'])
      expect(out).toContain(part);
  });

  it('[CLI58] what was paid is what operations moved, and [CLI59] what work cost and brought is told by seat', async () => {
    const money = (await json('money')).value;
    const spent = (await json('money', 'costs')).value;
    const operations = spent.seats.reduce(
      (sum: number, each: { costs: { operations: number } }) => sum + each.costs.operations,
      0,
    );
    expect([money.paid > 0, money.paid]).toEqual([true, operations]);
    const pnl = (await json('money', 'pnl')).value;
    expect(pnl.organisation.costs.total).toBeGreaterThan(0);
    expect(pnl.organisation.profit).toBe(pnl.organisation.value - pnl.organisation.costs.total);
    const { out } = await reeve(here, 'money', 'pnl');
    expect(out).toMatch(/^\d{4}-\d\d\n +value.*band/);
  });
});

describe('[CLI4] with a server', () => {
  it('the same commands answer the same over HTTP, and doctor sees who holds the lock', async () => {
    const before = (await json('cases')).value;
    await serving(data, async ({ url }) => {
      expect((await json('cases')).value.cases.length).toBe(before.cases.length);
      expect((await json('status')).value.server).toBe(url);
      expect((await reeve(here, 'doctor')).out).toContain(`held by the server at ${url}`);
      const tail = await reeve(here, 'ledger', 'tail', '-n', '5', '--json');
      expect(
        tail.out
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line).seq),
      ).toHaveLength(5);
    });
  });

  it('a server.json left by a killed server is none', async () => {
    const file = join(data, 'server.json');
    writeFileSync(
      file,
      JSON.stringify({ pid: 1, port: 9, url: 'http://127.0.0.1:9', started: new Date().toISOString() }),
    );
    expect((await json('status')).value.server).toBeNull();
  });

  it("another organisation's server on the port is none of ours", async () => {
    const other = temporary();
    await serving(other, async ({ url }) => {
      const port = Number(new URL(url).port);
      writeFileSync(
        join(data, 'server.json'),
        JSON.stringify({ pid: 1, port, url, started: new Date().toISOString() }),
      );
      expect((await json('status')).value).toMatchObject({ name: 'Acme Outdoor', server: null });
    });
  });
});

describe('[CLI52] ledger tail', () => {
  it('shows the newest records last, one a line', async () => {
    const { out } = await reeve(here, 'ledger', 'tail', '-n', '3');
    expect(out.trimEnd().split('\n')).toHaveLength(3);
    expect((await reeve(here, 'ledger', 'tail', '--kind', 'switch.')).out).toContain('switch.rearmed');
  });

  it('--follow goes on with what is written until a signal', async () => {
    await serving(data, async () => {
      let stop = (_: string) => {};
      const onSignal = (handler: (name: string) => void) => {
        stop = handler;
        return () => {};
      };
      let seen = '';
      const onOut = (text: string) => {
        seen += text;
        if (seen.includes('a new one')) stop('SIGINT');
      };
      const following = reeve({ ...here, onSignal, onOut }, 'ledger', 'tail', '--follow', '--kind', 'case.');
      while (seen === '') await new Promise((done) => setTimeout(done, 5));
      await reeve(here, 'message', 'C-2', 'a new one');
      expect(await following).toMatchObject({ code: 0 });
    });
  });

  it('without a server there is nothing to follow', async () => {
    expect(await reeve(here, 'ledger', 'tail', '--follow')).toMatchObject({ code: 5 });
  });
});
