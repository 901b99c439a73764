import type { Operation } from '../../src/operations/state.ts';
import type { Shop } from './op-definition.ts';
import { find } from './op-definition.ts';
import { World } from './op-world.ts';

type Body = Record<string, unknown>;
type Capability = Shop['capabilities'][number];

const text = 'string' as const;
const reads = (id: string, more: Partial<Capability> = {}): Capability => ({
  ...{ id, tool: 'office', effect: 'read' as const, args: { query: text } },
  ...more,
});
const acts = (id: string, args: Body, more: Partial<Capability> = {}): Capability =>
  ({ ...{ id, tool: 'office', effect: 'compensable' as const, args }, ...more }) as Capability;

/** What an office's assistant can do: look at mail and the web, look things up, write, pay. */
const capabilities: Capability[] = [
  reads('inbox.search', { taints: true }),
  reads('people.find'),
  reads('channels.list', { taints: true, registry: true }),
  reads('staff.get', { confidential: 'hr' }),
  reads('repo.read', { confidential: 'private-repo' }),
  reads('web.get', { args: { url: text }, sensitive: ['url'], taints: true }),
  reads('notes.read', { args: { path: text }, recalls: 'path' }),
  acts('notes.save', { path: text, content: text }, { stores: 'path', effect: 'reversible' }),
  acts('message.send', { to: text, body: text }, { sensitive: ['to'] }),
  acts('issue.comment', { repo: text, body: text }, { audience: ['public'] }),
  acts('repo.write', { path: text, body: text }, { audience: ['private-repo'] }),
  acts(
    'money.send',
    { to: text, amount: 'number', note: { type: text, optional: true } },
    { sensitive: ['to', 'amount'] },
  ),
  acts('order.update', { id: text, to: { type: text, optional: true } }, { sensitive: ['to'] }),
  acts('password.set', { password: text }, { sensitive: ['password'], groundedBy: { password: ['instruction'] } }),
];

/** A shop whose `desk` is a model; `follows` bounds it by what its human `lead` says. */
export class Office {
  readonly world: World;
  #run = '';
  #case = '';
  #steps = 0;

  constructor(change: (definition: Shop) => void = () => undefined) {
    this.world = new World((d) => {
      d.tools.push({ id: 'office', connector: 'memory' });
      d.capabilities.push(...structuredClone(capabilities));
      for (const c of capabilities) if (c.effect !== 'read') d.contracts.push({ id: c.id, capability: c.id });
      const desk = find(d.seats, 'desk');
      desk.occupant = { principal: 'desk-agent', kind: 'model' };
      desk.charter.rights = [{ capability: '*' }];
      desk.charter.follows = 'instruction';
      change(d);
    });
    this.#begin('C-1', 'desk');
  }

  #begin(caseId: string, seat: string): void {
    this.#run = String(this.world.ok('run.start', { seat, worker: 'w' }, { principal: 'system' }).run);
    this.#case = caseId;
    this.#steps = 0;
  }

  /** A human above gives the desk work; a run of its own begins on it. */
  told(instruction: string): this {
    const lead = this.world.seat('lead');
    const body = { subject: 'Wanted', text: instruction, customer: 'kim@example.com', owner: 'desk' };
    this.#begin(String(this.world.ok('case.open', body, lead).case), 'desk');
    return this;
  }

  /** The next run of a seat on what waits for it. */
  next(seat: string, caseId: string): this {
    this.#begin(caseId, seat);
    return this;
  }

  get run() {
    return this.world.state.runs.runs.get(this.#run)!;
  }
  get case() {
    return this.#case;
  }

  act(kind: string, body: Body): Body {
    this.#steps += 1;
    const step = { run: this.#run, step: this.#steps, command: { kind, body } };
    return this.world.ok('run.act', step, { principal: 'system' });
  }

  /** Ask for an operation in the run; when it is admitted and `result` is given, it is done. */
  ask(capability: string, args: Body, result?: Body, more: Body = {}): Operation {
    const asked = this.act('operation.request', {
      capability,
      args,
      case: this.#case,
      key: `${this.#run}-${this.#steps}`,
      ...more,
    });
    const op = this.world.op(String(asked.operation));
    if (result === undefined || op.status !== 'admitted') return op;
    if (op.effect !== 'read') this.world.lease(op);
    this.world.complete(op, result);
    return op;
  }

  finish(): void {
    this.world.ok('run.finish', { run: this.#run, report: { outcome: 'done' } }, { principal: 'system' });
  }
}

/** `awaiting_approval: PRV3/to PRV2`: what became of an operation and which provenance rules spoke. */
export const said = (op: Operation): string => {
  const rules = (op.decision?.reasons ?? []).filter((r) => r.check === 'provenance').map((r) => r.rule);
  return [op.status, ...rules].join(' ');
};
