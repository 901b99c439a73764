/** An organisation with its server for all tests of a file, commanded over the command line. */
import type { Actor, CommandKind } from '@reeve/kernel';
import { type House, startServer } from '@reeve/server';
import { afterAll, beforeAll, expect } from 'vitest';
import { reeve, SUPPORT, temporary } from './cli.ts';

type Body = Readonly<Record<string, unknown>>;

/** Called once at the top of a test file. Unless `work`, nobody works there: the tests make what happens. */
export function office({ pack = SUPPORT, work = false }: { pack?: string; work?: boolean } = {}) {
  const data = temporary(afterAll);
  const here = { data, cwd: data };
  let house: House | undefined;
  beforeAll(async () => {
    expect(await reeve(here, 'apply', pack, '--yes')).toMatchObject({ code: 0, err: '' });
    const server = await startServer({ data, port: 0, work });
    house = server.house;
    return () => server.close();
  });
  /** What a person reads, of a command that goes well. */
  const text = async (...argv: string[]) => {
    const { code, out, err } = await reeve(here, ...argv);
    expect([code, err]).toEqual([0, '']);
    return out;
  };
  const submit = async (actor: Actor, kind: CommandKind, body: Body) => {
    const reply = await house!.runtime.submit({ id: '', kind, actor, body });
    if (!reply.ok) throw new Error(`${kind} was refused: ${reply.rejection.message}`);
    return reply.result;
  };
  return {
    data,
    /** What commands are given. */
    here,
    house: () => house!,
    text,
    /** What a program reads, of a command that goes well. */
    json: async (...argv: string[]) => JSON.parse(await text(...argv, '--json')),
    /** Something the owner commands, which is accepted. */
    order: (kind: CommandKind, body: Body) => submit({ principal: 'owner' }, kind, body),
    /** Something commanded by whoever sits in a seat, which is accepted. */
    as: async (seat: string, kind: CommandKind, body: Body) => {
      const principal = await house!.runtime.read((s) => s.organisation.seats.get(seat)!.occupant!.principal);
      return submit({ principal, seat }, kind, body);
    },
  };
}
