/** The people of the ninety days: customers who read their mail, and the person at the top, who looks in every hour. */
import { type Actor, type Case, DAY, HOUR, type Operation, type State } from '@reeve/kernel';
import type { Node } from '../node.ts';
import type { Random } from '../random.ts';
import type { Clients } from '../work/clients.ts';
import { OWNER } from '../work/people.ts';
import type { Truth } from '../world/truth.ts';
import { LANE, SWITCH, type Trade } from './house.ts';

export interface Town {
  readonly trade: Trade;
  readonly clients: Clients;
  readonly truth: Truth;
  readonly node: Node;
  readonly random: Random;
  /** Run something so many virtual milliseconds from now. */
  readonly later: (ms: number, run: () => void) => void;
  readonly now: () => number;
}

/** How often a customer asks again before he gives up, and how often the top gives a case back before it settles it itself. */
const PATIENCE = 2;
/** How long a switch stays tripped: somebody looks at what came back first. */
const INQUIRY = 14 * HOUR;
/** Days in a stage before it is asked for the next. */
const TRIAL = 2 * DAY;

export class People {
  readonly #town: Town;
  readonly #actor: Actor;
  readonly #asked = new Map<string, number>();
  #read = 0;

  constructor(town: Town, chief: Actor) {
    this.#town = town;
    this.#actor = chief;
  }

  /** One hour of theirs. */
  async hour(): Promise<void> {
    const { node } = this.#town;
    this.#readMail();
    await node.look((state) => {
      this.#decide(state);
      this.#settle(state);
      this.#attend(state);
      this.#mind(state);
      return null;
    });
  }

  /** Once more, unless it was done often enough. */
  #again(key: string): boolean {
    const times = (this.#asked.get(key) ?? 0) + 1;
    this.#asked.set(key, times);
    return times <= PATIENCE;
  }

  /** A mail that breaks off is answered some hours later, if the case is closed by then. */
  #readMail(): void {
    const { truth, trade, later, random } = this.#town;
    for (const { capability, args } of truth.effects.slice(this.#read)) {
      const id = /\[(C-\d+)\]/.exec(String(args.subject))?.[1];
      if (capability !== trade.capability || id === undefined || trade.signature.test(String(args.body))) continue;
      later((2 + 3 * random.next()) * HOUR, () => void this.#complain(id));
    }
    this.#read = truth.effects.length;
  }

  async #complain(id: string): Promise<void> {
    const { node, clients } = this.#town;
    await node.look((state) => {
      if (state.cases.cases.get(id)?.status === 'closed' && this.#again(`complaint/${id}`))
        clients.send('case.reopen', OWNER, { case: id, reason: 'The answer breaks off in the middle of a sentence.' });
      return null;
    });
  }

  #decide(state: State): void {
    for (const id of state.governance.pending) {
      const { packet } = state.governance.approvals.get(id)!;
      const body = { approval: id, verdict: 'approve', note: 'read', digest: packet.argsDigest };
      this.#town.clients.send('approval.decide', this.#actor, body);
    }
  }

  /** What no machine could find out is looked at outside. */
  #settle(state: State): void {
    const { truth, clients } = this.#town;
    for (const op of [...state.operations.operations.values()].filter(isEscalated)) {
      const landed = truth.effects.some(({ operation }) => operation === op.id);
      clients.send('operation.settle', OWNER, { operation: op.id, landed, note: 'looked at it outside' });
    }
  }

  #attend(state: State): void {
    for (const one of state.cases.cases.values()) {
      if (one.status === 'waiting_customer') this.#reply(one);
      if (one.status === 'escalated') this.#giveBack(state, one);
    }
  }

  #reply({ id, customer }: Case): void {
    const { clients, random } = this.#town;
    if (!random.chance(0.1)) return;
    if (this.#again(`reply/${id}`))
      clients.send('case.message', OWNER, { case: id, text: `It is about my latest order; I am ${customer}.` });
    else clients.send('case.cancel', OWNER, { case: id, reason: 'The customer no longer wants it.' });
  }

  /** Not while nothing may be answered. */
  #giveBack(state: State, { id }: Case): void {
    const { clients, trade } = this.#town;
    if (state.governance.switches.has(`lane:${LANE}`)) return;
    if (this.#again(`back/${id}`))
      clients.send('case.assign', this.#actor, { case: id, to: trade.desk, reason: 'It can be answered now.' });
    else clients.send('case.cancel', this.#actor, { case: id, reason: 'Settled on the telephone.' });
  }

  /** The switch and the lane are the chief's to look after. */
  #mind(state: State): void {
    const { clients, now } = this.#town;
    const tripped = state.governance.switches.get(`lane:${LANE}`);
    const lane = state.rollout.lanes.get(LANE);
    if (tripped && now() - tripped.at > INQUIRY)
      clients.send('switch.rearm', this.#actor, {
        ...{ scope: 'lane', id: LANE },
        reason: `The form of our mails was broken and is mended; ${SWITCH} was right.`,
      });
    const to = lane && NEXT[lane.stage];
    if (!tripped && lane && to !== undefined && now() - lane.since > TRIAL)
      clients.send('lane.raise', this.#actor, { lane: LANE, to, reason: 'Answers are whole again.' });
  }
}

const NEXT: Readonly<Record<string, string | undefined>> = { assist: 'bounded', bounded: 'end-to-end' };

const isEscalated = ({ status }: Operation): boolean => status === 'escalated';
