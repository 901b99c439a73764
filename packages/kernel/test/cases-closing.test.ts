import { describe, expect, it } from 'vitest';
import { at, type Draft, openCase, opened, operate, shop, theCase, type World } from './support/org-shop.ts';

const SETTINGS = shop().settings;
const asking = (closing: object): World => opened({ ...shop(), settings: { ...SETTINGS, closing } } as Draft);

function begun(w: World): string {
  const id = openCase(w);
  w.ok('case.start', { case: id }, at('desk'));
  return id;
}
const resolve = (w: World, id: string, more: object = {}) => {
  const evidence = operate(w, 'desk', id);
  return w.send('case.resolve', { case: id, summary: 'Found it', evidence: [evidence], ...more }, at('desk')).reply;
};

describe('[CAS26] R-E33: a case is resolved', () => {
  it('with evidence alone where the organisation asks for nothing more', () => {
    const w = opened();
    expect(resolve(w, begun(w)).ok).toBe(true);
  });

  it('when somebody has said what it was about', () => {
    const w = asking({});
    const id = begun(w);
    const refused = resolve(w, id);
    expect(refused).toMatchObject({ ok: false, rejection: { rule: 'CAS26' } });
    expect(JSON.stringify(refused)).toContain('nobody has said what it is about');
    w.ok('case.classify', { case: id, topic: 'parcel' }, at('desk'));
    expect(resolve(w, id).ok).toBe(true);
  });

  it('when nothing asked for on it is still open; what is only read may be', () => {
    const w = asking({ topic: false });
    const id = begun(w);
    w.ok('operation.request', { capability: 'orders.get', args: { order: 'x' }, case: id }, at('desk'));
    const sent = w.ok('operation.request', { capability: 'mail.send', args: { text: 'x' }, case: id }, at('desk'));
    expect(JSON.stringify(resolve(w, id))).toContain(`${sent.operation} on it is still open`);
    const other = asking({ topic: false, operations: false });
    const open = begun(other);
    other.ok('operation.request', { capability: 'mail.send', args: { text: 'x' }, case: open }, at('desk'));
    expect(resolve(other, open).ok).toBe(true);
  });

  it('with so much confidence in its cause, which stands on the record', () => {
    const w = asking({ topic: false, confidence: 0.8 });
    const id = begun(w);
    expect(JSON.stringify(resolve(w, id))).toContain('is not said; 0.8 is asked for');
    expect(resolve(w, id, { confidence: 0.7 }).ok).toBe(false);
    expect(resolve(w, id, { confidence: 0.8 }).ok).toBe(true);
    expect(w.records.find(({ kind }) => kind === 'case.resolved')?.body).toMatchObject({ confidence: 0.8 });
  });

  it('with what the customer was told among its evidence, and all that is missing is named at once', () => {
    const w = asking({ told: 'mail.*', confidence: 0.5 });
    const id = begun(w);
    const refused = JSON.stringify(resolve(w, id));
    for (const part of ['what it is about', 'is not said', 'no \\"mail.*\\" is among its evidence'])
      expect(refused).toContain(part);
    w.ok('case.classify', { case: id, topic: 'parcel' }, at('desk'));
    const evidence = [operate(w, 'desk', id, 'mail.send')];
    expect(resolve(w, id, { evidence, confidence: 1 }).ok).toBe(true);
    expect(theCase(w, id).status).toBe('resolved');
  });
});
