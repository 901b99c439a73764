import { describe, expect, it } from 'vitest';
import { standingOf } from '../src/memory/standing.ts';
import { Office, said } from './support/prov-office.ts';

const DAY = 86_400_000;
const IBAN = 'DE89370400440532013000';
const mail = (body: string) => ({ messages: [{ id: 7, sender: 'pat@partner.example', subject: 'News', body }] });
const belief = (office: Office, id: string) => office.world.state.memory.beliefs.get(id);
const standing = (office: Office, id: string) => standingOf(belief(office, id)!);
const lead = (office: Office) => office.world.seat('lead');
const kinds = (office: Office) => office.world.log.map((r) => r.kind);
const asked = (office: Office, to: string) =>
  office.world.log.flatMap((r) => (r.kind === 'message.sent' && r.body.to === to ? [r.body.text] : []));

const supplier = { statement: 'The supplier is paid to this account', key: 'supplier.iban', value: IBAN };

describe('beliefs', () => {
  it('[MEM1] a desk is its seat’s and that of the people above it, for all others nothing is there (R-D20)', () => {
    const office = new Office().told('Find out who our supplier is.');
    const { belief: id } = office.act('belief.record', { statement: 'Invoices come on Mondays', layer: 'stable' });
    const mate = office.world.seat('mate');
    expect(office.world.no('belief.forget', { belief: id, reason: 'x' }, mate)).toMatchObject({
      code: 'not-found',
      rule: 'MEM1',
    });
    expect(office.world.no('belief.record', { seat: 'desk', statement: 'x' }, mate)).toMatchObject({
      code: 'forbidden',
      rule: 'MEM1',
    });
    office.world.ok('belief.record', { seat: 'desk', statement: 'Invoices are paid on Fridays' }, lead(office));
    expect([...office.world.state.memory.desks.get('desk')!.beliefs]).toEqual(['BL-1', 'BL-2']);
  });

  it('[MEM3] what leads somewhere is of high impact whatever its author says, and a person is asked', () => {
    const office = new Office().told('Find out who our supplier is.');
    office.act('belief.record', { ...supplier, impact: 'low' });
    expect(belief(office, 'BL-1')).toMatchObject({ impact: 'high' });
    expect(standing(office, 'BL-1')).toBe('unconfirmed');
    expect(asked(office, 'lead').join()).toContain('BL-1 may steer what "desk" does once it is confirmed');
    office.act('belief.record', { statement: 'The supplier answers quickly' });
    expect(standing(office, 'BL-2')).toBe('held');
  });

  it('[MEM4] T20: untrusted text that was remembered is untrusted when a later run is shown it, until a person confirms it', () => {
    const office = new Office().told('Read the news and remember the account of the supplier.');
    office.ask('inbox.search', { query: 'news' }, mail(`Our account is now ${IBAN}.`));
    office.act('belief.record', supplier);
    office.finish();
    office.told('Pay the supplier 5.');
    expect(office.run.taint).toEqual(['OP-1 (inbox.search)', 'BL-1 (unconfirmed belief)']);
    expect(said(office.ask('money.send', { to: IBAN, amount: 5 }))).toBe('awaiting_approval PRV3/to');
    office.finish();
    office.world.ok('belief.confirm', { belief: 'BL-1' }, lead(office));
    office.told('Pay the supplier 5 again.');
    expect(office.run.taint).toBeUndefined();
    office.ask('inbox.search', { query: 'x' }, mail('hello'));
    expect(said(office.ask('money.send', { to: IBAN, amount: 5 }))).toBe('admitted');
  });

  it('[MEM4] a belief without anything from outside leaves the run that recalls it clean', () => {
    const office = new Office().told('Remember how we like it.');
    office.act('belief.record', { statement: 'Reports are short', layer: 'stable' });
    office.finish();
    office.told('Write a report.');
    office.act('memory.recall', { query: 'reports' });
    expect(office.run.beliefs).toEqual(['BL-1']);
    expect(office.run.taint).toBeUndefined();
  });

  it('[MEM5] a value counts as that of the organisation’s own data only if a result of the seat shows it', () => {
    const office = new Office().told('Look up the supplier and read the news.');
    office.ask('inbox.search', { query: 'news' }, mail('hello'));
    office.ask('people.find', { query: 'supplier' }, { name: 'Pat', account: IBAN });
    office.act('belief.record', { ...supplier, evidence: ['OP-2'] });
    office.act('belief.record', {
      ...supplier,
      key: 'other.iban',
      value: 'DE00370400440532013999',
      evidence: ['OP-2'],
    });
    expect(belief(office, 'BL-1')).toMatchObject({ origin: 'office/people.find', taint: [] });
    expect(belief(office, 'BL-2')).toMatchObject({ origin: 'office/people.find', taint: ['OP-1 (inbox.search)'] });
    const step = { kind: 'belief.record', body: { statement: 'x', evidence: ['OP-99'] } };
    const no = office.world.no('run.act', { run: office.run.id, step: 9, command: step }, { principal: 'system' });
    expect(no).toMatchObject({ code: 'invalid', rule: 'MEM5' });
  });

  it('[MEM6] a second independent source confirms a value; the same one, a conclusion or a tainted one does not', () => {
    const office = new Office().told('Read the news, then look up the supplier.');
    office.ask('inbox.search', { query: 'news' }, mail(`Our account is ${IBAN}.`));
    office.act('belief.record', supplier);
    office.act('belief.record', { ...supplier, statement: 'The supplier said so again' });
    expect(standing(office, 'BL-1')).toBe('unconfirmed');
    office.act('belief.record', { ...supplier, evidence: ['OP-1'] });
    expect(belief(office, 'BL-1')).toMatchObject({ confirmed: null, repeatedBy: ['office/inbox.search'] });
    office.ask('people.find', { query: 'supplier' }, { account: IBAN });
    office.act('belief.record', { ...supplier, statement: 'Our register has this account', evidence: ['OP-2'] });
    expect(belief(office, 'BL-1')).toMatchObject({
      confirmed: { how: 'second-source' },
      statement: 'Our register has this account',
    });
    expect(standing(office, 'BL-1')).toBe('confirmed');
    const step = { kind: 'belief.confirm', body: { belief: 'BL-1' } };
    expect(
      office.world.no('run.act', { run: office.run.id, step: 9, command: step }, { principal: 'system' }),
    ).toMatchObject({ rule: 'RUN5' });
  });

  it('[MEM7] beliefs that contradict each other are both kept and marked, steer nothing, and their owner is asked', () => {
    const office = new Office().told('Find out when the supplier delivers.');
    office.act('belief.record', { statement: 'They deliver on Monday', key: 'supplier.day', value: 'Monday' });
    office.act('belief.record', {
      statement: 'They deliver on Friday',
      key: 'supplier.day',
      value: 'Friday',
      confidence: 0.99,
    });
    expect([standing(office, 'BL-1'), standing(office, 'BL-2')]).toEqual(['contested', 'contested']);
    expect(belief(office, 'BL-1')).toMatchObject({ contradicts: ['BL-2'], confidence: 0.8 });
    expect(asked(office, 'lead').join()).toContain('BL-1 and BL-2 say different things of "supplier.day"');
    office.world.ok('belief.confirm', { belief: 'BL-1' }, lead(office));
    expect(belief(office, 'BL-2')).toBeUndefined();
    expect(standing(office, 'BL-1')).toBe('confirmed');
    office.act('belief.dispute', { belief: 'BL-1', reason: 'they came on Tuesday' });
    expect(standing(office, 'BL-1')).toBe('contested');
    expect(asked(office, 'lead').join()).toContain('desk says that BL-1 does not hold');
  });

  it('[MEM7] the same key about two customers is no contradiction', () => {
    const office = new Office().told('Note what people prefer.');
    const note = (customer: string, value: string) =>
      office.act('belief.record', { statement: `Prefers ${value}`, key: 'prefers', value, customer });
    note('a@x.example', 'mail');
    note('b@x.example', 'phone');
    expect(belief(office, 'BL-2')).toMatchObject({ contradicts: [] });
    note('a@x.example', 'phone');
    expect(belief(office, 'BL-3')).toMatchObject({ contradicts: ['BL-1'] });
  });

  it('[MEM9] a correction takes the place of a belief; what a person confirmed only a person changes', () => {
    const office = new Office().told('Find out when the supplier delivers.');
    office.act('belief.record', { statement: 'They deliver on Monday', key: 'supplier.day', value: 'Monday' });
    office.act('belief.correct', {
      belief: 'BL-1',
      statement: 'They deliver on Sunday',
      value: 'Sunday',
      reason: 'misread',
    });
    expect(belief(office, 'BL-1')).toBeUndefined();
    expect(belief(office, 'BL-2')).toMatchObject({ value: 'Sunday', key: 'supplier.day', contradicts: [] });
    office.world.ok('belief.confirm', { belief: 'BL-2' }, lead(office));
    for (const kind of ['belief.correct', 'belief.forget'] as const) {
      const body = { belief: 'BL-2', reason: 'x', ...(kind === 'belief.correct' ? { statement: 'y' } : {}) };
      const no = office.world.no(
        'run.act',
        { run: office.run.id, step: 50, command: { kind, body } },
        { principal: 'system' },
      );
      expect(no).toMatchObject({ code: 'forbidden', rule: 'MEM9' });
    }
    office.world.ok('belief.forget', { belief: 'BL-2', reason: 'no longer needed' }, lead(office));
    expect(office.world.state.memory.beliefs.size).toBe(0);
  });

  it('[MEM2] R-E87 what holds for a time ends by a timer, and what is repeated meanwhile holds longer', () => {
    const office = new Office().told('Find out when the supplier delivers.');
    office.act('belief.record', { statement: 'Closed this week', holds: 7 * DAY });
    office.act('belief.record', { statement: 'Prefers short reports', layer: 'stable' });
    office.act('belief.record', { statement: 'The order is late' });
    expect([7, 30].map((d) => office.world.now + d * DAY)).toEqual([
      belief(office, 'BL-1')!.until,
      belief(office, 'BL-3')!.until,
    ]);
    expect(belief(office, 'BL-2')!.until).toBeNull();
    office.finish();
    office.world.wait(5 * DAY);
    office.told('Look again.');
    office.act('belief.record', { statement: 'Closed this week', holds: 7 * DAY });
    office.finish();
    office.world.wait(3 * DAY);
    expect(belief(office, 'BL-1')).toBeDefined();
    office.world.wait(5 * DAY);
    expect([...office.world.state.memory.beliefs.keys()]).toEqual(['BL-2', 'BL-3']);
    expect(kinds(office)).toContain('belief.ended');
  });

  it('[MEM2] R-E87 the working set of a case is gone when the case is closed (R-E22)', () => {
    const office = new Office().told('Find out when the supplier delivers.');
    const [working, state] = ['He answers in the evening', 'The order is late'];
    office.act('belief.record', { statement: working, layer: 'working' });
    office.act('belief.record', { statement: state });
    office.world.ok('case.cancel', { case: office.case, reason: 'over' }, lead(office));
    expect([...office.world.state.memory.beliefs.values()].map((b) => b.statement)).toEqual([state]);
  });

  it('[MEM8] a full layer lets go what is least sure, never what is confirmed or weighs much', () => {
    const office = new Office((d) => {
      d.settings = { ...d.settings, memory: { stable: 3 } };
    }).told('Note things.');
    const note = (statement: string, confidence: number) =>
      office.act('belief.record', { statement, confidence, layer: 'stable' });
    note('one', 0.5);
    note('two', 0.4);
    note(`Pay to ${IBAN}`, 0.1);
    note('four', 0.9);
    const statements = () => [...office.world.state.memory.beliefs.values()].map((b) => b.statement);
    expect(statements()).toEqual(['one', `Pay to ${IBAN}`, 'four']);
    for (const id of ['BL-1', 'BL-3', 'BL-4']) office.world.ok('belief.confirm', { belief: id }, lead(office));
    const step = { kind: 'belief.record', body: { statement: 'five', layer: 'stable' } };
    const no = office.world.no('run.act', { run: office.run.id, step: 50, command: step }, { principal: 'system' });
    expect(no).toMatchObject({ code: 'exhausted', rule: 'MEM8' });
  });

  it('[MEM10] a recall is a step of the run: run again it gives the same, and what it found is before the run', () => {
    const office = new Office().told('Note things.');
    office.act('belief.record', { statement: 'The printer is on the second floor', layer: 'stable' });
    office.act('belief.record', { statement: 'Invoices are paid on Fridays', layer: 'stable' });
    const step = {
      run: office.run.id,
      step: 3,
      command: { kind: 'memory.recall', body: { query: 'when are invoices paid?' } },
    };
    const found = office.world.ok('run.act', step, { principal: 'system' });
    expect(found.beliefs).toEqual([{ id: 'BL-2', standing: 'held' }]);
    office.world.ok('belief.forget', { belief: 'BL-2', reason: 'x' }, lead(office));
    expect(office.world.ok('run.act', step, { principal: 'system' })).toEqual(found);
  });

  it('[MEM11] a run begins with what its desk knows of the case, its customer and the words, and with nothing of other customers', () => {
    const office = new Office().told('Note things.');
    const kim = { statement: 'Kim wants to be called in the morning', customer: 'kim@example.com', layer: 'stable' };
    office.act('belief.record', kim);
    office.act('belief.record', {
      statement: 'Lee pays late, says the memo',
      customer: 'lee@example.com',
      layer: 'stable',
    });
    office.act('belief.record', { statement: 'The warehouse is closed on Sundays', layer: 'stable', general: true });
    office.act('belief.record', { statement: 'Memos have three paragraphs', layer: 'stable', general: true });
    office.finish();
    office.told('Write a memo.');
    expect(office.run.memory?.beliefs.map(({ id }) => id)).toEqual(['BL-1', 'BL-4']);
  });

  it('[MEM14] what is remembered of a customer goes when he is forgotten', () => {
    const office = new Office().told('Note things.');
    office.act('belief.record', { statement: 'Wants a call', layer: 'stable' });
    office.act('belief.record', { statement: 'Has a dog', customer: 'lee@example.com', layer: 'stable' });
    office.act('skill.record', { kind: 'pattern', title: 'Calls', text: 'Call before noon', topics: ['calls'] });
    expect(belief(office, 'BL-1')).toMatchObject({ customer: 'kim@example.com' });
    office.finish();
    for (const c of [...office.world.state.cases.cases.values()].filter((each) => each.customer === 'kim@example.com'))
      office.world.ok('case.cancel', { case: c.id, reason: 'over' });
    office.world.ok('customer.forget', { case: 'C-2', reason: 'asked' });
    expect([...office.world.state.memory.beliefs.keys()]).toEqual(['BL-2']);
    expect(office.world.state.memory.skills.size).toBe(0);
  });
});
