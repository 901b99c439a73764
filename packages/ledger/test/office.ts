import type { CommandKind } from '@reeve/kernel';
import { createState, type KernelRecord, type State, step } from '@reeve/kernel';

type Body = Record<string, unknown>;
const OWNER = { principal: 'owner' };
const SYSTEM = { principal: 'system' };

const human = (id: string, rights: string[]) => ({
  id,
  title: id,
  unit: 'company',
  ...(id === 'boss' ? {} : { supervisor: 'boss' }),
  occupant: { principal: `${id}-person`, kind: 'human' },
  charter: { purpose: 'Work', tier: 'executor', rights: rights.map((capability) => ({ capability })) },
});

const DEFINITION = {
  name: 'Acme',
  settings: { intake: 'desk', earned: ['orders.note'] },
  units: [{ id: 'company', title: 'Company', kind: 'company' }],
  seats: [human('boss', ['orders.*']), human('desk', ['orders.*']), human('mate', ['orders.*'])],
  tools: [{ id: 'shop', connector: 'memory' }],
  capabilities: [
    {
      id: 'orders.note',
      tool: 'shop',
      effect: 'reversible',
      settle: 'native-key',
      args: { order_id: 'string', text: 'string' },
    },
    {
      id: 'orders.ship',
      tool: 'shop',
      effect: 'irreversible',
      settle: 'ask',
      args: { order_id: 'string', address: 'string' },
    },
  ],
  contracts: [
    { id: 'note', capability: 'orders.note', resource: '"order/" + args.order_id' },
    { id: 'ship', capability: 'orders.ship', resource: '"order/" + args.order_id' },
  ],
};

/** A small organisation in the real kernel, to have records of nearly every kind that concerns a customer. */
export class Office {
  readonly state: State;
  readonly log: KernelRecord[] = [];
  #now = Date.UTC(2026, 10, 21, 12);

  constructor(state?: State) {
    this.state = state ?? createState('acme');
    if (state === undefined)
      this.ok('organisation.apply', { base: '', reason: 'test', definition: structuredClone(DEFINITION) });
    else this.#now = state.now;
  }

  ok(kind: CommandKind, body: Body, actor: { principal: string; seat?: string } = OWNER): Body {
    this.#now += 1000;
    const command = { id: `c-${this.state.seq}`, kind, actor, body };
    const { records, reply } = step(this.state, command, { now: this.#now, entropy: `e${this.state.seq}` });
    this.log.push(...records);
    if (!reply.ok) throw new Error(`${kind} was refused: ${JSON.stringify(reply.rejection)}`);
    return reply.result;
  }

  /** A case from its opening to its end. Whatever comes from or goes to the customer has `mark` in it. */
  work(customer: string, mark: string): void {
    const [desk, mate, boss] = ['desk', 'mate', 'boss'].map((seat) => ({ principal: `${seat}-person`, seat })) as [
      { principal: string; seat: string },
      { principal: string; seat: string },
      { principal: string; seat: string },
    ];
    const opening = { subject: `${mark} 1`, text: `${mark} 2`, customer, name: `${mark} 3`, externalId: `${mark} 4` };
    const id = String(this.ok('case.open', { ...opening, data: { [`${mark} 5`]: [`${mark} 6`] } }).case);
    this.ok('case.start', { case: id }, desk);
    this.ok('case.message', { case: id, text: `${mark} 7` });
    this.ok('case.note', { case: id, text: `${mark} 8` }, desk);
    this.ok(
      'message.send',
      { to: 'mate', type: 'inform', text: `${mark} 9`, case: id, data: { a: `${mark} 10` } },
      desk,
    );
    this.ok('case.wait', { case: id, question: `${mark} 11` }, desk);
    this.ok('case.resume', { case: id, reason: `${mark} 12` }, desk);
    this.#delegate(id, mark, desk, mate);
    this.#operate(id, mark, desk, boss);
    this.ok('case.escalate', { case: id, reason: `${mark} 30`, to: 'boss' }, desk);
    this.ok('case.feedback', { case: id, satisfied: false, text: `${mark} 31` });
    this.ok('case.cancel', { case: id, reason: `${mark} 32` }, this.#ownerOf(id));
  }

  #ownerOf(id: string): { principal: string; seat: string } {
    const seat = this.state.cases.cases.get(id)?.owner ?? '';
    return { principal: `${seat}-person`, seat };
  }

  #delegate(
    id: string,
    mark: string,
    from: { principal: string; seat: string },
    to: { principal: string; seat: string },
  ) {
    const packet = {
      subproblem: `${mark} 13`,
      context: { who: `${mark} 14` },
      tried: [`${mark} 15`],
      output: `${mark} 16`,
      success: `${mark} 17`,
    };
    const task = this.ok('task.delegate', { case: id, to: to.seat, packet }, from).task;
    this.ok('task.complete', { task, report: { found: `${mark} 18` } }, to);
  }

  #operate(
    id: string,
    mark: string,
    desk: { principal: string; seat: string },
    boss: { principal: string; seat: string },
  ) {
    const args = { order_id: `${mark}-19`, text: `${mark} 20` };
    const body = { capability: 'orders.note', args, case: id, why: `${mark} 21`, key: `${mark} 22` };
    const { operation } = this.ok('operation.request', body, desk);
    this.ok('operation.lease', { operation, executor: 'x', ttl: 60_000 }, SYSTEM);
    const evidence = [{ kind: 'mail', ref: `${mark} 23` }];
    this.ok('operation.complete', { operation, attempt: 1, result: { to: `${mark} 24` }, evidence }, SYSTEM);
    const ship = { order_id: `${mark}-25`, address: `${mark} 26` };
    this.ok('operation.request', { capability: 'orders.ship', args: ship, case: id, why: `${mark} 27` }, desk);
    const [approval] = [...this.state.governance.approvals.values()].slice(-1);
    this.ok('approval.decide', { approval: approval?.id, verdict: 'reject', note: `${mark} 28` }, boss);
  }
}
