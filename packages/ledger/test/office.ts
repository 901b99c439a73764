import {
  type Actor,
  type CommandKind,
  createState,
  type KernelRecord,
  type Reply,
  type State,
  step,
} from '@reeve/kernel';

type Body = Record<string, unknown>;
type Seated = Actor & { seat: string };
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
    { id: 'orders.get', tool: 'shop', effect: 'read', args: { order_id: 'string' } },
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
    {
      id: 'note',
      capability: 'orders.note',
      resource: '"order/" + args.order_id',
      reads: { order: { capability: 'orders.get', args: { order_id: 'args.order_id' } } },
      verify: { capability: 'orders.get', args: { order_id: 'args.order_id' } },
      post: [{ rule: 'noted', that: 'after.noted == args.text', else: 'the note is not on the order' }],
    },
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

  ok(kind: CommandKind, body: Body, actor: Actor = OWNER): Body {
    const reply = this.#send(kind, body, actor);
    if (!reply.ok) throw new Error(`${kind} was refused: ${JSON.stringify(reply.rejection)}`);
    return reply.result;
  }

  #send(kind: CommandKind, body: Body, actor: Actor): Reply {
    this.#now += 1000;
    const command = { id: `c-${this.state.seq}`, kind, actor, body };
    const { records, reply } = step(this.state, command, { now: this.#now, entropy: `e${this.state.seq}` });
    this.log.push(...records);
    return reply;
  }

  /** A case from its opening to its end. Whatever comes from or goes to the customer has `mark` in it. */
  work(customer: string, mark: string): void {
    const [desk, mate, boss] = ['desk', 'mate', 'boss'].map((seat) => ({ principal: `${seat}-person`, seat })) as [
      Seated,
      Seated,
      Seated,
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
    this.#run(id, mark);
    this.#resolve(id, mark, desk, boss);
    this.ok('case.block', { case: id, reason: `${mark} 40` }, desk);
    this.ok('case.resume', { case: id, reason: `${mark} 41` }, desk);
    this.ok('case.escalate', { case: id, reason: `${mark} 30`, to: 'boss' }, desk);
    this.ok('case.feedback', { case: id, satisfied: false, text: `${mark} 31` });
    this.ok('case.cancel', { case: id, reason: `${mark} 32` }, this.#ownerOf(id));
  }

  /** The mate takes a message of the case as an agent would, does something, and is refused something. */
  #run(id: string, mark: string): void {
    const { run } = this.ok('run.start', { seat: 'mate', worker: 'w' }, SYSTEM);
    const note = { kind: 'case.note', body: { case: id, text: `${mark} 50` } };
    this.ok('run.act', { run, step: 1, command: note }, SYSTEM);
    const assign = { kind: 'case.assign', body: { case: id, to: `${mark}-51`, reason: `${mark} 52` } };
    this.#send('run.act', { run, step: 2, command: assign }, SYSTEM);
    this.ok('run.finish', { run, report: { outcome: `${mark} 53`, learned: `${mark} 54` } }, SYSTEM);
  }

  #resolve(id: string, mark: string, desk: Seated, boss: Seated): void {
    const evidence = [this.state.cases.cases.get(id)?.evidence[0]?.ref];
    this.ok('case.resolve', { case: id, summary: `${mark} 60`, evidence }, desk);
    this.ok('case.verify', { case: id, passed: false, checks: [`${mark} 61`], note: `${mark} 62` }, boss);
    this.ok('case.resolve', { case: id, summary: `${mark} 63`, evidence }, desk);
    this.ok('case.verify', { case: id, passed: true, checks: [`${mark} 64`] }, boss);
    this.ok('case.close', { case: id, learned: `${mark} 65` }, desk);
    this.ok('case.reopen', { case: id, reason: `${mark} 66` }, desk);
  }

  #ownerOf(id: string): Seated {
    const seat = this.state.cases.cases.get(id)?.owner ?? '';
    return { principal: `${seat}-person`, seat };
  }

  #delegate(id: string, mark: string, from: Seated, to: Seated) {
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

  #operate(id: string, mark: string, desk: Seated, boss: Seated) {
    const args = { order_id: `${mark}-19`, text: `${mark} 20` };
    const body = { capability: 'orders.note', args, case: id, why: `${mark} 21`, key: `${mark} 22` };
    const { operation } = this.ok('operation.request', body, desk);
    const reading = (value: Body) => ({ value, version: `${mark} 33`, at: this.#now });
    this.ok('operation.read', { operation, reads: { order: reading({ owner: `${mark} 34` }) } }, SYSTEM);
    this.ok('operation.lease', { operation, executor: 'x', ttl: 60_000 }, SYSTEM);
    const evidence = [{ kind: 'mail', ref: `${mark} 23` }];
    this.ok('operation.complete', { operation, attempt: 1, result: { to: `${mark} 24` }, evidence }, SYSTEM);
    this.ok('operation.verify', { operation, after: reading({ noted: args.text }) }, SYSTEM);
    const ship = { order_id: `${mark}-25`, address: `${mark} 26` };
    this.ok('operation.request', { capability: 'orders.ship', args: ship, case: id, why: `${mark} 27` }, desk);
    const [approval] = [...this.state.governance.approvals.values()].slice(-1);
    this.ok('approval.decide', { approval: approval?.id, verdict: 'reject', note: `${mark} 28` }, boss);
  }
}
