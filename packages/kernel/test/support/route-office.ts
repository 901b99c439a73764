import type { KernelRecord, RecordOf } from '../../src/index.ts';
import { at, type Draft, OWNER, opened, operate, seat, type World } from './org-shop.ts';

type Seats = NonNullable<Draft['seats']>;
type Settings = NonNullable<Draft['settings']>;
export type RoutingDraft = NonNullable<Settings['routing']>;

const human = (id: string) => ({ occupant: { principal: `p-${id}`, kind: 'human' as const } });

/** A seat that declares what it can. */
const expert = (id: string, skills: string[], topics: string[] = [], more: Partial<Seats[number]> = {}) =>
  seat(id, 'lead', { abilities: { skills, topics, domains: [], complexity: ['low', 'medium'] }, cases: 10, ...more });

/**
 * An office with several seats for each skill: boss and lead (people), desk (intake), three for orders, two for billing, one
 * for law; `helper` of another unit can do orders, too.
 */
export function office(routing: RoutingDraft = {}, over: Partial<Draft> = {}): Draft {
  return {
    name: 'Office',
    settings: { intake: 'desk', earned: ['mail.*'], routing: { customers: { perHour: 10_000 }, ...routing } },
    units: [
      { id: 'company', title: 'Company', kind: 'company' },
      { id: 'orders', title: 'Orders', parent: 'company' },
      { id: 'back', title: 'Back office', parent: 'company' },
    ],
    seats: [
      seat('boss', undefined, human('boss')),
      seat('lead', 'boss', human('lead')),
      seat('desk', 'lead', { cases: 1000 }),
      expert('orders-a', ['orders'], ['refund'], { unit: 'orders' }),
      expert('orders-b', ['orders'], ['refund'], { unit: 'orders' }),
      expert('orders-c', ['orders'], ['refund'], { unit: 'orders' }),
      expert('billing-a', ['billing'], ['invoice']),
      expert('billing-b', ['billing'], ['invoice']),
      expert('law', ['law'], ['contract']),
      expert('helper', ['orders'], ['refund'], { unit: 'back' }),
    ],
    tools: [{ id: 'shop', connector: 'memory' }],
    capabilities: [
      { id: 'orders.get', tool: 'shop', effect: 'read', args: { order: 'string' } },
      { id: 'mail.send', tool: 'shop', effect: 'reversible', edges: ['customer-facing'], args: { text: 'string' } },
    ],
    contracts: [{ id: 'mail', capability: 'mail.send' }],
    ...over,
  };
}

export const inOffice = (routing: RoutingDraft = {}, over: Partial<Draft> = {}): World => opened(office(routing, over));

export const ORDERS = { skills: ['orders'], topic: 'refund', unit: 'orders' };
export const BILLING = { skills: ['billing'] };

/** Open a case of somebody new, unless a customer is given; its id. */
export const ask = (w: World, needs: unknown = ORDERS, more: Record<string, unknown> = {}): string =>
  w.ok('case.open', { subject: 'Please', customer: `c${w.state.seq}@example.org`, needs, ...more }).case as string;

export const theOne = (w: World, id: string) => w.state.cases.cases.get(id)!;
export const ownerOf = (w: World, id: string): string => theOne(w, id).owner;

export const routings = (records: readonly KernelRecord[], id?: string): RecordOf<'case.routed'>['body'][] =>
  records.flatMap((r) => (r.kind === 'case.routed' && (id === undefined || r.body.case === id) ? [r.body] : []));

/** Its owner begins and resolves a case, nobody verifies it but the boss, and it is closed. */
export function finish(w: World, id: string): void {
  const owner = ownerOf(w, id);
  w.ok('case.start', { case: id }, at(owner));
  w.ok('case.resolve', { case: id, summary: 'Done', evidence: [operate(w, owner, id)] }, at(owner));
  w.ok('case.verify', { case: id, passed: true, checks: ['looked'] }, at('lead'));
  w.ok('case.close', { case: id }, at(owner));
}

export const pause = (w: World, id: string) => w.ok('seat.pause', { seat: id, reason: 'away' }, OWNER);
export const resume = (w: World, id: string) => w.ok('seat.resume', { seat: id, reason: 'back' }, OWNER);
