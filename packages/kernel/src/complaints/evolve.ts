import { hold, letGo } from '../archive/links.ts';
import type { RecordOf } from '../core/events.ts';
import { countId, type State, setTimer } from '../core/state.ts';

/** Answered complaints that are kept in memory; all are on the ledger. */
const KEPT = 1000;

function raised(state: State, r: RecordOf<'complaint.raised'>): void {
  const { complaint: id, joins, about, units, ...b } = r.body;
  countId(state, id);
  const own = { joined: [], accounts: {}, escalations: 0, answer: null, raisedAt: r.at };
  state.complaints.all.set(id, { ...b, id, joins, about: [...about], units: [...units], ...own });
  state.complaints.open.add(id);
  hold(state, b.case);
  if (joins === null) {
    setTimer(state, b.due, `complaint.late:${id}`);
    return;
  }
  const main = state.complaints.all.get(joins)!;
  main.joined.push(id);
  main.about = [...new Set([...main.about, ...about])];
  main.units = [...new Set([...main.units, ...units])];
  main.accountsBy = Math.max(main.accountsBy, b.accountsBy);
}

function answered(state: State, r: RecordOf<'complaint.answered'>): void {
  const { by, text, compensation = null, improvements, answers } = r.body;
  const { all, open } = state.complaints;
  for (const id of answers) {
    const c = all.get(id);
    if (!c || !open.delete(id)) continue;
    c.answer = { by, text, compensation, improvements, at: r.at };
    letGo(state, c.case);
  }
  for (const id of all.keys()) {
    if (all.size - open.size <= KEPT) return;
    if (!open.has(id)) all.delete(id);
  }
}

export const complaintsEvolve = {
  'complaint.raised': raised,
  'complaint.explained': (state: State, r: RecordOf<'complaint.explained'>) => {
    const { accounts } = state.complaints.all.get(r.body.complaint)!;
    const said = accounts[r.body.by];
    accounts[r.body.by] = said === undefined ? r.body.text : `${said}\n${r.body.text}`;
  },
  'complaint.escalated': (state: State, r: RecordOf<'complaint.escalated'>) => {
    const c = state.complaints.all.get(r.body.complaint)!;
    c.handler = r.body.to;
    c.due = r.body.due;
    c.escalations += 1;
    setTimer(state, c.due, `complaint.late:${c.id}`);
  },
  'complaint.answered': answered,
};
