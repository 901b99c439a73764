import type { RecordOf } from '../core/events.ts';
import { countId, type State, setTimer } from '../core/state.ts';
import { amended, applied } from './effective.ts';
import { DEFAULTS, nameOf, nextCheck, PERIODS, settingsOf } from './periods.ts';
import type { Proposal, Standing } from './schema.ts';
import type { Track } from './state.ts';
import { endOf } from './targets.ts';

/** Checks kept of each target: enough to see a trend. */
const POINTS = 30;
/** Proposals that are over, kept in memory; older ones are on the ledger. */
const PROPOSALS = 200;
/** Accepted ones whose effect is not due yet; beyond it the oldest are not compared any more. */
const WAITING = 1000;

/** [PUR33] Counts checks in a row: a gap that got smaller begins anew, one that stayed the same changes nothing. */
function compare(track: Track, now: Standing): void {
  const open = now.status === 'behind' || now.status === 'missed';
  if (!open || now.distance < track.distance) track.widened = 0;
  else if (now.distance > track.distance && track.points.length > 0) track.widened += 1;
  track.behind = open ? track.behind + 1 : 0;
}

function looked(state: State, at: number, standing: Standing): void {
  const track = state.purpose.tracks.get(standing.target);
  if (!track) return;
  track.status = standing.status;
  if (track.gap) track.gap.checks += 1;
  if (standing.value === null || standing.status === 'unknown') return;
  compare(track, standing);
  track.baseline ??= standing.value;
  track.distance = standing.distance;
  track.points.push({ at, value: standing.value });
  if (track.points.length > POINTS) track.points.shift();
}

function checked(state: State, r: RecordOf<'purpose.checked'>): void {
  state.purpose.checked = r.at;
  state.purpose.next = r.body.next;
  for (const standing of r.body.standings) looked(state, r.at, standing);
  for (const period of PERIODS) state.purpose.reviewed[period] ??= nameOf(period, r.at);
  setTimer(state, r.body.next, 'purpose.check:targets');
}

function opened(state: State, r: RecordOf<'gap.opened'>): void {
  const { target, case: about, owner } = r.body;
  const track = state.purpose.tracks.get(target);
  if (track) track.gap = { case: about, owner, holder: owner, openedAt: r.at, level: 0, checks: 0 };
  state.purpose.gapCases.set(about, target);
}

function escalated(state: State, r: RecordOf<'gap.escalated'>): void {
  const gap = state.purpose.tracks.get(r.body.target)?.gap;
  if (!gap) return;
  gap.holder = r.body.to;
  gap.level = r.body.level;
  gap.checks = 0;
}

function closed(state: State, r: RecordOf<'gap.closed'>): void {
  const { tracks, targets } = state.purpose;
  const track = tracks.get(r.body.target);
  if (!track) return;
  track.gap = null;
  track.widened = 0;
  track.behind = 0;
  if (!targets.some(({ id }) => id === r.body.target)) tracks.delete(r.body.target);
  // The number itself is evidence for whoever worked on it.
  const c = state.cases.cases.get(r.body.case);
  if (c && r.body.why === 'met') c.evidence.push({ kind: 'target', ref: `target/${r.body.target}` });
}

function made(state: State, r: RecordOf<'proposal.made'>): void {
  const { proposal, decider: _decider, ...body } = r.body;
  countId(state, proposal);
  const rest = { status: 'open', decision: null, baseline: [], outcomes: null } as const;
  state.purpose.proposals.set(proposal, { ...body, ...rest, baseline: [], id: proposal, at: r.at });
}

const STATUS = { accept: 'accepted', reject: 'rejected', revise: 'revise' } as const;

/** What is over leaves memory, the oldest first; what is still to be compared stays longer. */
function trim(state: State): void {
  const decided = [...state.purpose.proposals.values()].filter(({ status }) => status !== 'open');
  const waits = ({ status, outcomes }: Proposal): boolean => status === 'accepted' && outcomes === null;
  const over = decided.filter((each) => !waits(each));
  const waiting = decided.filter(waits);
  for (const [list, most] of [
    [over, PROPOSALS],
    [waiting, WAITING],
  ] as const)
    for (const { id } of list.slice(0, Math.max(0, list.length - most))) state.purpose.proposals.delete(id);
}

function decided(state: State, r: RecordOf<'proposal.decided'>): void {
  const { proposal, verdict, option, by, reason, baseline, restructuring } = r.body;
  const found = state.purpose.proposals.get(proposal);
  if (!found) return;
  const decision = { by, at: r.at, reason, option, ...(restructuring === undefined ? {} : { restructuring }) };
  Object.assign(found, { status: STATUS[verdict], decision, baseline });
  const effects = found.options.find(({ id }) => id === option)?.effects ?? [];
  if (verdict === 'accept' && effects.length > 0)
    setTimer(state, Math.max(...effects.map(({ by }) => endOf(by))), `proposal.compare:${proposal}`);
  trim(state);
}

/** The first check is at the next round time; every check sets the next one. */
function watch(state: State, at: number, every: number): void {
  if (state.purpose.targets.length > 0) setTimer(state, nextCheck(at, every), 'purpose.check:targets');
}

export const purposeEvolve = {
  'organisation.applied': (state: State, r: RecordOf<'organisation.applied'>) => {
    applied(state, r);
    watch(state, r.at, (r.body.changed.settings.purpose ?? DEFAULTS).check);
  },
  'purpose.amended': (state: State, r: RecordOf<'purpose.amended'>) => {
    amended(state, r);
    watch(state, r.at, settingsOf(state).check);
  },
  'purpose.checked': checked,
  'purpose.reviewed': (state: State, r: RecordOf<'purpose.reviewed'>) => {
    state.purpose.reviewed[r.body.period] = r.body.name;
  },
  'gap.opened': opened,
  'gap.escalated': escalated,
  'gap.closed': closed,
  'case.archived': (state: State, r: RecordOf<'case.archived'>) => void state.purpose.gapCases.delete(r.body.case),
  'proposal.made': made,
  'proposal.decided': decided,
  'proposal.compared': (state: State, r: RecordOf<'proposal.compared'>) => {
    const found = state.purpose.proposals.get(r.body.proposal);
    if (found) found.outcomes = r.body.outcomes;
    trim(state);
  },
};
