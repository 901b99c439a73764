/** Handlers of the routes in `packages/protocol/src/console-routes.ts`. */
import { isAbsolute } from 'node:path';
import { exportEntries, storeReading } from '@reeve/ledger';
import { actorFor } from '../caller.ts';
import { readPack } from '../data/packs.ts';
import { Refusal } from '../errors.ts';
import { catalogueOf } from '../views/catalogue.ts';
import { runList, seatDetail, seatPage } from '../views/seats.ts';
import { toolList } from '../views/tools.ts';
import { type Handler, present, type Services, view } from './handler.ts';

/** Loaded when asked for: with it comes all that reads packs. */
const policies = () => import('../views/policies.ts');

const spent = (): Refusal =>
  new Refusal(
    'unauthorised',
    'this sign-in link was used already, or is too old',
    'get another one with `reeve console` in a terminal on that machine',
  );

async function whoAsks({ runtime, sessions }: Services, current: string | null) {
  const { principal, seat, title } = await runtime.read((state) => {
    const actor = actorFor(state, '', '', {});
    const known = actor.seat === undefined ? undefined : state.organisation.seats.get(actor.seat);
    return { principal: actor.principal, seat: actor.seat ?? null, title: known?.title ?? null };
  });
  const list = sessions.list().map((each) => ({ ...each, current: each.id === current }));
  return { principal, seat, title, sessions: list };
}

/** Lines written together. */
const STEP = 200;

/** [SRV66] The ledger as a file, made while it is taken: a slow reader costs no memory here. */
function fileOf(lines: AsyncIterator<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    pull: async (controller) => {
      let text = '';
      for (let n = 0; n < STEP; n++) {
        const { value, done } = await lines.next();
        if (done) {
          if (text !== '') controller.enqueue(encoder.encode(text));
          return controller.close();
        }
        text += value;
      }
      controller.enqueue(encoder.encode(text));
    },
    cancel: async () => void (await lines.return?.(undefined)),
  });
}

const ledgerExport: Handler<'ledgerExport'> = async ({ runtime, store, evidence }) => {
  // Signed first, so that all of it can be checked with the key alone; what cannot be signed is exported as it is.
  await evidence.sign();
  const { verifier } = await evidence.head();
  const reading = await storeReading(store, runtime.org, verifier === null ? [] : [verifier]);
  return new Response(fileOf(exportEntries(reading)), {
    headers: {
      'content-type': 'application/x-ndjson',
      'content-disposition': `attachment; filename="${runtime.org}.ledger.jsonl"`,
    },
  });
};

export const CONSOLE_HANDLERS: {
  readonly openSession: Handler<'openSession'>;
  readonly session: Handler<'session'>;
  readonly signInCode: Handler<'signInCode'>;
  readonly closeSession: Handler<'closeSession'>;
  readonly seats: Handler<'seats'>;
  readonly seat: Handler<'seat'>;
  readonly catalogue: Handler<'catalogue'>;
  readonly runs: Handler<'runs'>;
  readonly tools: Handler<'tools'>;
  readonly plan: Handler<'plan'>;
  readonly matrix: Handler<'matrix'>;
  readonly whatIf: Handler<'whatIf'>;
  readonly ledgerExport: Handler<'ledgerExport'>;
} = {
  openSession: async ({ sessions }, { body }) => {
    const opened = await sessions.exchange(body.code);
    if (!opened) throw spent();
    const { id, token, expires } = opened;
    return { status: 201, body: { id, token, expires } };
  },
  session: async (services, _input, { session }) => ({ body: await whoAsks(services, session) }),
  signInCode: async ({ sessions }) => ({ status: 201, body: await sessions.code() }),
  closeSession: async ({ sessions }, { params }, { session }) => {
    const id = params.id === 'current' ? session : params.id;
    if (id === null || !(await sessions.close(id)))
      throw new Refusal('not-found', 'there is no such session', 'it may have ended already');
    return { body: { id } };
  },
  seats: view((state, { query }) => seatPage(state, query)),
  seat: view((state, { params }) => seatDetail(state, params.id, present(state))),
  catalogue: view((state) => catalogueOf(state)),
  runs: view((state, { query }) => runList(state, query)),
  tools: async ({ runtime, toolsHealth }) => {
    const health = await toolsHealth();
    return { body: await runtime.read((state) => toolList(state, health)) };
  },
  plan: async ({ runtime }, { body }) => {
    if (!isAbsolute(body.directory))
      throw new Refusal('malformed', 'directory: must be an absolute path', 'send the absolute path of the pack');
    const loaded = await readPack(body.directory);
    const { planOf } = await policies();
    return { body: await runtime.read((state) => planOf(state, loaded)) };
  },
  matrix: async ({ runtime }, { query }) => {
    const { matrixPage } = await policies();
    return { body: await runtime.read((state) => matrixPage(state, query)) };
  },
  whatIf: async ({ runtime }, { body }) => {
    const { whatIf } = await policies();
    return { body: await runtime.read((state) => whatIf(state, body)) };
  },
  ledgerExport,
};
