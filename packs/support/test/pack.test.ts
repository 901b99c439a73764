import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkEffect } from '../scripts/lib/checks.ts';
import { AREA, SPECIALIST } from '../scripts/lib/topics.ts';
import { PACK, readDefinition, readExpected, readTickets } from './pack.ts';

const pack = readDefinition();
const ids = (list: readonly { id: string }[]) => new Set(list.map((entry) => entry.id));

describe('the support pack', () => {
  it('names only things that exist', () => {
    const [units, seats, capabilities, contracts, metrics] = [
      ids(pack.units),
      ids(pack.seats),
      ids(pack.capabilities),
      ids(pack.contracts),
      ids(pack.metrics),
    ];
    const missing = [
      ...pack.seats.flatMap((seat) => [
        units.has(seat.unit) ? '' : seat.unit,
        seat.supervisor && !seats.has(seat.supervisor) ? seat.supervisor : '',
      ]),
      ...pack.seats.flatMap((seat) => seat.charter.metrics.filter((metric) => !metrics.has(metric))),
      ...pack.seats.flatMap((seat) =>
        seat.charter.rights
          .map((right) => right.capability)
          .filter((name) => !name.endsWith('*') && !capabilities.has(name)),
      ),
      ...pack.contracts
        .flatMap((contract) => [contract.capability, ...Object.values(contract.reads).map((read) => read.capability)])
        .filter((name) => !capabilities.has(name)),
      ...pack.flows.flatMap((flow) => flow.steps).filter((step) => !contracts.has(step)),
      ...pack.targets.map((target) => target.metric).filter((metric) => !metrics.has(metric)),
      ...pack.budgets.flatMap((budget) => (budget.seat && !seats.has(budget.seat) ? [budget.seat] : [])),
    ];
    expect(missing.filter((name) => name !== '')).toEqual([]);
  });

  it('has a script file for every script seat and a seat for every area', () => {
    const scripts = pack.seats.flatMap((seat) => (seat.occupant?.script ? [seat.occupant.script] : []));
    expect(scripts.filter((file) => !existsSync(join(PACK, file)))).toEqual([]);
    expect(Object.values(SPECIALIST).filter((seat) => !ids(pack.seats).has(seat))).toEqual([]);
  });

  it('lists every topic of an area in the abilities of its specialist', () => {
    const unlisted = Object.entries(AREA).filter(
      ([topic, area]) => !pack.seats.find((seat) => seat.id === SPECIALIST[area])?.abilities.topics.includes(topic),
    );
    expect(unlisted).toEqual([]);
  });

  it('connects each flow: what a step requires was given or emitted before (R-E29)', () => {
    for (const flow of pack.flows) {
      const known = new Set(flow.input);
      for (const step of flow.steps) {
        const contract = pack.contracts.find((entry) => entry.id === step);
        expect(
          contract?.requires.filter((field) => !known.has(field)),
          `${flow.id}: ${step}`,
        ).toEqual([]);
        for (const field of contract?.emits ?? []) known.add(field);
      }
    }
  });

  it('lets only the front desk and the operator write to customers (R-A62)', () => {
    const writers = pack.seats.filter((seat) =>
      seat.charter.rights.some((right) => right.capability.startsWith('mail.')),
    );
    expect(writers.map((seat) => seat.id).sort()).toEqual(['front-desk', 'operator']);
  });

  it('gives the verifier nothing but one read', () => {
    expect(pack.seats.find((seat) => seat.id === 'verifier')?.charter.rights.map((right) => right.capability)).toEqual([
      'orders.audit',
    ]);
  });
});

describe('the tickets', () => {
  const tickets = readTickets();
  const expected = readExpected();

  it('are 200, each with an expectation and an own number', () => {
    expect(new Set(tickets.map((ticket) => ticket.externalId)).size).toBe(200);
    expect(tickets.filter((ticket) => !expected.has(ticket.externalId))).toEqual([]);
  });

  it('speak of orders that exist in the database, and of customers that do', () => {
    const sql = readFileSync(join(PACK, 'data/orders.sql'), 'utf8');
    const named = tickets.flatMap((ticket) => `${ticket.subject} ${ticket.text}`.match(/AC-\d{4}/g) ?? []);
    expect(named.filter((order) => !sql.includes(`'${order}'`))).toEqual([]);
    expect(tickets.filter((ticket) => !sql.includes(`'${ticket.customer}'`))).toEqual([]);
  });

  it('cover every outcome and the hard kinds', () => {
    const count = (test: (entry: { kind: string; expect: string }) => boolean) =>
      [...expected.values()].filter(test).length;
    for (const outcome of ['resolved', 'approval', 'escalated', 'waiting_customer', 'cancelled', 'refused'])
      expect(
        count((entry) => entry.expect === outcome),
        outcome,
      ).toBeGreaterThan(5);
    expect(count((entry) => entry.kind.startsWith('multi-area'))).toBeGreaterThanOrEqual(8);
    for (const kind of ['injection', 'duplicate', 'denial', 'ambiguous'])
      expect(
        count((entry) => entry.kind === kind),
        kind,
      ).toBeGreaterThanOrEqual(8);
  });
});

describe('the verifier', () => {
  const order = {
    found: true,
    order_id: 'AC-1',
    status: 'delivered',
    items: '',
    total: 100,
    shipping: 0,
    charged: 100,
    refunded: 40,
    refundable: 60,
    delivered_days: 1,
    late_days: 0,
    eta_days: 1,
    address: 'A 1',
    carrier: '',
    tracking: '',
    replacements: 0,
    age_days: 3,
  };

  it('rejects what the database does not show', () => {
    expect(checkEffect(order, { kind: 'refund', order_id: 'AC-1', amount: 40 }).passed).toBe(true);
    expect(checkEffect(order, { kind: 'refund', order_id: 'AC-1', amount: 50 }).passed).toBe(false);
    expect(checkEffect(order, { kind: 'refund', order_id: 'AC-1' }).passed).toBe(false);
    expect(checkEffect(order, { kind: 'cancel', order_id: 'AC-1' }).passed).toBe(false);
    expect(checkEffect(order, { kind: 'replace', order_id: 'AC-1' }).passed).toBe(false);
    expect(checkEffect(order, { kind: 'address', order_id: 'AC-1', address: 'B 2' }).passed).toBe(false);
  });
});
