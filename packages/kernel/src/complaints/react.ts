import { type FollowUp, followUp } from '../core/context.ts';
import type { RecordOf } from '../core/events.ts';
import type { State } from '../core/state.ts';
import type { Delivery } from '../inbox/decide.ts';

const tell = (d: Delivery): FollowUp => followUp('inbox.deliver', { ...d });
const titleOf = (state: State, seat: string): string => state.organisation.seats.get(seat)?.title ?? seat;

/** [CMP2] Who handles it gets it whole; who it is about is asked for his account; the customer's contact can name who answers. */
function raised(state: State, r: RecordOf<'complaint.raised'>): FollowUp[] {
  const { complaint, by, case: about, text, handler, joins } = r.body;
  const data = { complaint };
  const owner = about === null ? undefined : state.cases.cases.get(about)?.owner;
  const asked = r.body.about.filter((seat) => seat !== handler);
  const note = `${titleOf(state, handler)} answers the complaint of the customer (${joins ?? complaint}).`;
  return [
    tell({ to: handler, from: by ?? 'customer', type: 'complaint', text, case: about, data, priority: 'high' }),
    ...asked.map((to) =>
      tell({
        to,
        from: handler,
        type: 'question',
        text: `A complaint: ${text}\nWhat is your account?`,
        case: about,
        data,
      }),
    ),
    ...(owner === undefined || by !== null || owner === handler
      ? []
      : [tell({ to: owner, from: handler, type: 'inform', text: note, case: about, data })]),
  ];
}

/** [CMP4] One answer: each seat that complained hears it, and the contact of each customer, who passes it on (R-A62). */
function answered(state: State, r: RecordOf<'complaint.answered'>): FollowUp[] {
  const { by, text, answers, compensation, improvements } = r.body;
  const all = answers.flatMap((id) => state.complaints.all.get(id) ?? []);
  const to = new Map<string, string | null>();
  for (const c of all) {
    const receiver = c.by ?? (c.case === null ? undefined : state.cases.cases.get(c.case)?.owner);
    if (receiver !== undefined && !to.has(receiver)) to.set(receiver, c.case);
  }
  const data = { complaint: r.body.complaint, compensation: compensation ?? null, improvements };
  return [...to].map(([seat, about]) => tell({ to: seat, from: by, type: 'answer', text, case: about, data }));
}

export const complaintsReact = {
  'complaint.raised': raised,
  'complaint.explained': (state: State, r: RecordOf<'complaint.explained'>): FollowUp[] => {
    const c = state.complaints.all.get(r.body.complaint)!;
    const data = { complaint: c.id };
    return [tell({ to: c.handler, from: r.body.by, type: 'report', text: r.body.text, case: c.case, data })];
  },
  'complaint.escalated': (state: State, r: RecordOf<'complaint.escalated'>): FollowUp[] => {
    const c = state.complaints.all.get(r.body.complaint)!;
    const text = `${r.body.reason}: ${c.text}`;
    const data = { complaint: c.id, accounts: c.accounts };
    return [
      tell({ to: r.body.to, from: r.body.from, type: 'complaint', text, case: c.case, data, priority: 'urgent' }),
    ];
  },
  'complaint.answered': answered,
};
