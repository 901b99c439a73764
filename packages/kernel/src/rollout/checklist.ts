/** Questions to a lane and to the whole, answered from data alone [ROL22, ROL23]; what there is no data for says so. */

import { covers } from '../core/names.ts';
import { DAY, formatMoney } from '../core/quantities.ts';
import type { State } from '../core/state.ts';
import type { Time } from '../core/types.ts';
import { costPerOutcome } from '../economy/views.ts';
import type { ContractDef } from '../governance/definition.ts';
import { reviewSignals } from '../governance/reviews.ts';
import { isHuman } from '../organisation/views.ts';
import { gaps } from '../purpose/views.ts';
import type { LaneDef } from './lanes.ts';
import { laneDefs } from './lanes.ts';
import { type LaneView, laneIds, laneView } from './views.ts';

export type Answer = 'yes' | 'no' | 'no data';
export interface Check {
  id: string;
  question: string;
  answer: Answer;
  /** What it was answered from. */
  found: string[];
}

const check = (id: string, question: string, found: string[], answer?: Answer): Check => ({
  id,
  question,
  answer: answer ?? (found.length > 0 ? 'yes' : 'no data'),
  found,
});
const yesNo = (good: boolean): Answer => (good ? 'yes' : 'no');
const some = (text: string | null | undefined): string[] => (text ? [text] : []);

const contractsOf = (state: State, { flow }: LaneDef): ContractDef[] =>
  (state.organisation.definition?.contracts ?? []).filter(({ id }) => flow.steps.includes(id));

/** Seats that may do something in the lane, and those who compete in it. */
function workersOf(state: State, def: LaneDef): string[] {
  const capabilities = contractsOf(state, def).map(({ capability }) => capability);
  const entitled = [...state.organisation.seats.values()].filter(
    (seat) =>
      seat.status !== 'retired' &&
      seat.charter.rights.some((right) => capabilities.some((name) => covers(right.capability, name))),
  );
  return [...new Set([...def.rollout.seats.map(({ seat }) => seat), ...entitled.map(({ id }) => id)])];
}

function access(state: State, id: string): string {
  const rights = state.organisation.seats.get(id)?.charter.rights ?? [];
  const of = (effect: boolean) =>
    [...state.organisation.capabilities.values()]
      .filter((c) => (c.effect === 'read') !== effect && rights.some((right) => covers(right.capability, c.id)))
      .map((c) => c.id)
      .join(', ') || 'nothing';
  return `${id} reads ${of(false)}; writes ${of(true)}`;
}

function reviewOf(contract: ContractDef): string {
  const { when, approvers, quorum } = contract.approval;
  const who = approvers.length > 0 ? approvers.join(', ') : 'the human above';
  const often = quorum > 1 ? ` (${quorum} of them)` : '';
  return `${contract.id}: ${who}${often} when ${when ?? 'a limit, an edge or the stage asks'}`;
}

const handoff = ({ id, requires, emits }: ContractDef): string =>
  `${id}: needs ${requires.join(', ') || 'nothing'}; gives ${emits.join(', ') || 'nothing'}`;

const tactics = ({ id, failure }: ContractDef): string => {
  const said = Object.entries(failure).map(([category, tactic]) => `${category} → ${tactic}`);
  return `${id}: ${said.join(', ') || 'transient → retry, deterministic → fix-input, judgment → peer, governance → stop'}`;
};

/** Who is the least fit gives traffic first. */
function firstToLose({ seats }: LaneView): string[] {
  const known = seats.filter(({ fitness }) => fitness !== null).sort((a, b) => a.fitness! - b.fitness!);
  return known.length < 2
    ? []
    : [`${known[0]!.seat} (fitness ${known[0]!.fitness}, ${known[0]!.share} % of the traffic)`];
}

/** [ROL22] The ten questions to a lane (R-E71). Null when there is no such lane. */
export function laneChecklist(state: State, id: string, now: Time): Check[] | null {
  const def = laneDefs(state).get(id);
  const view = laneView(state, id, now);
  if (!def || !view) return null;
  const contracts = contractsOf(state, def);
  const workers = workersOf(state, def);
  const costs = view.money.flatMap(({ seat, perOutcome, closed }) =>
    perOutcome === null ? [] : [`${seat}: ${formatMoney(perOutcome)} for each of ${closed} closed cases`],
  );
  const roles = workers.map(
    (seat) => `${seat}: ${state.organisation.seats.get(seat)?.charter.purpose || 'no purpose'}`,
  );
  const trail = view.trail.map((run) => `${run.case} by ${run.seat}: ${run.evidence.join(', ') || 'nothing'}`);
  return [
    check('outcome', 'What outcome is it for?', some(view.outcome)),
    check('kpi', 'Which number does it move?', some(view.metric)),
    check('roles', 'Who works in it, as what?', roles),
    check(
      'access',
      'What may each read and write?',
      workers.map((seat) => access(state, seat)),
    ),
    check(
      'contracts',
      'Is there a contract for each handoff?',
      contracts.map(handoff),
      yesNo(contracts.length === def.flow.steps.length),
    ),
    check('trail', 'What is there to show for the last five completed runs?', trail),
    check('review', 'Where do people decide, and when?', contracts.map(reviewOf)),
    check('retries', 'What follows a transient failure, what a deterministic one?', contracts.map(tactics)),
    check('cost', 'What does a successful outcome cost?', costs),
    check('first-to-lose', 'Who loses traffic first?', firstToLose(view)),
  ];
}

const settled = ['succeeded', 'verified', 'failed', 'denied', 'compensated', 'escalated', 'recorded'] as const;

function better(views: readonly LaneView[]): Check {
  const found = views.flatMap(({ id, proof }) =>
    (proof?.result?.arms ?? []).flatMap(({ seat, difference }) =>
      difference ? [`${id}: ${seat} is ${difference.verdict} by ${difference.value} points`] : [],
    ),
  );
  const good = views.some(({ proof }) =>
    proof?.result?.arms.some(({ difference }) => difference?.verdict === 'better'),
  );
  return check('better', 'Is a lane clearly better than before?', found, found.length === 0 ? 'no data' : yesNo(good));
}

function named(state: State): Check {
  const seats = [...state.organisation.seats.values()].filter(({ status }) => status !== 'retired');
  const vague = seats.filter(({ charter }) => charter.purpose.trim() === '').map(({ id }) => `${id} has no purpose`);
  const bare = (state.organisation.definition?.contracts ?? [])
    .filter(({ title }) => title === '')
    .map(({ id }) => `the contract ${id} has no title`);
  const all = seats.length === 0 ? [] : [`${seats.length} seats, ${state.organisation.contracts.size} contracts`];
  return check(
    'named',
    'Are workers named by their job, contracts documented?',
    [...all, ...vague, ...bare],
    seats.length === 0 ? 'no data' : yesNo(vague.length + bare.length === 0),
  );
}

/** The fittest has the most traffic, wherever fitness is known of two at least. */
function follows(views: readonly LaneView[]): Check {
  const lanes = views.filter(({ seats }) => seats.filter(({ fitness }) => fitness !== null).length > 1);
  const off = lanes.filter(({ seats }) => {
    const best = [...seats].sort((a, b) => (b.fitness ?? -1) - (a.fitness ?? -1))[0]!;
    return seats.some(({ share }) => share > best.share);
  });
  const found = lanes.map(
    ({ id, seats }) =>
      `${id}: ${seats.map((s) => `${s.seat} ${s.share} % (fitness ${s.fitness ?? 'unknown'})`).join(', ')}`,
  );
  return check(
    'traffic',
    'Does traffic follow performance?',
    found,
    lanes.length === 0 ? 'no data' : yesNo(off.length === 0),
  );
}

function evidence(state: State): Check {
  const over = [...state.cases.cases.values()].filter(({ status }) => status === 'closed');
  const without = over.filter(({ resolution }) => (resolution?.evidence.length ?? 0) === 0).map(({ id }) => id);
  const found =
    over.length === 0
      ? []
      : [`${over.length - without.length} of ${over.length} closed cases in memory name their evidence`];
  return check(
    'evidence',
    'Do artifacts and audit come with the work?',
    found,
    over.length === 0 ? 'no data' : yesNo(without.length === 0),
  );
}

function judgement(state: State): Check {
  const lines = reviewSignals(state).byCapability;
  const found = lines.map(
    ({ id, approved, rejected, revised, signal }) =>
      `${id}: ${approved} approved, ${rejected + revised} not${signal ? ` (${signal})` : ''}`,
  );
  return check(
    'people',
    'Do people decide what needs judgement, and only that?',
    found,
    lines.length === 0 ? 'no data' : yesNo(lines.every(({ signal }) => signal === null)),
  );
}

function visible(state: State): Check {
  const { seats } = costPerOutcome(state);
  const worked = seats.filter(({ runs, outcomes }) => runs > 0 || outcomes > 0);
  const found = worked.map(({ seat, perRun, perOutcome, unpriced }) => {
    const show = (amount: number | null) => (amount === null ? 'no data' : formatMoney(amount));
    return `${seat}: ${show(perRun)} a run, ${show(perOutcome)} an outcome${unpriced > 0 ? `, ${unpriced} without a price` : ''}`;
  });
  return check(
    'cost',
    'Is cost visible?',
    found,
    worked.length === 0 ? 'no data' : yesNo(worked.every(({ unpriced }) => unpriced === 0)),
  );
}

function governed(state: State): Check {
  const { byStatus } = state.operations;
  const all = settled.reduce((sum, status) => sum + (byStatus[status] ?? 0), 0);
  const found =
    all === 0
      ? []
      : [
          `${all} operations decided by the gate, ${byStatus.denied ?? 0} refused, ${state.governance.control.openIncidents.size} incidents open`,
        ];
  return check('governance', 'Is governance in the path of the work?', found);
}

function survived(state: State): Check {
  const { byStatus } = state.operations;
  const [failed, escalated] = [byStatus.failed ?? 0, byStatus.escalated ?? 0];
  const [undone, stuck] = [byStatus.compensated ?? 0, byStatus.unknown ?? 0];
  const any = failed + escalated + undone + stuck > 0;
  const found = any
    ? [`${failed} failed, ${undone} undone, ${escalated} wait for a person, ${stuck} of unknown outcome`]
    : [];
  return check('failure', 'Was ordinary failure survived?', found, any ? yesNo(escalated + stuck === 0) : 'no data');
}

function conversation(state: State): Check {
  const all = gaps(state);
  const found = all.map(
    ({ title, current, target_value, met }) =>
      `${title}: ${current === null ? 'no data' : Math.round(current * 100) / 100}, wanted ${target_value}${met === false ? ' (not met)' : ''}`,
  );
  const measured = all.filter(({ current }) => current !== null);
  return check('kpi', 'Are numbers what one talks about?', found, measured.length === 0 ? 'no data' : 'yes');
}

function explicit(state: State): Check {
  const seats = [...state.organisation.seats.values()].filter(({ status }) => status !== 'retired');
  const tops = seats.filter(({ supervisor }) => supervisor === undefined);
  const empty = seats.filter(({ occupant }) => occupant === null).map(({ id }) => `nobody sits in ${id}`);
  const found =
    seats.length === 0 ? [] : [`${seats.length} seats under ${tops.map(({ id }) => id).join(', ')}`, ...empty];
  const good = tops.length === 1 && isHuman(tops[0]) && empty.length === 0;
  return check('organisation', 'Is the organisation explicit?', found, seats.length === 0 ? 'no data' : yesNo(good));
}

export interface NinetyDays {
  /** Days since the organisation was first described. */
  days: number | null;
  checks: Check[];
}

/** [ROL23] The ten questions after ninety days (R-E70), at any time: with fewer days behind it says how many. */
export function ninetyDays(state: State, now: Time): NinetyDays {
  const views = laneIds(state).flatMap((id) => laneView(state, id, now) ?? []);
  const { began } = state.rollout;
  return {
    days: began === null ? null : Math.floor((now - began) / DAY),
    checks: [
      better(views),
      named(state),
      follows(views),
      evidence(state),
      judgement(state),
      visible(state),
      governed(state),
      survived(state),
      conversation(state),
      explicit(state),
    ],
  };
}
