/** English texts of changing the shape of the organisation. */
import { countText, plural } from '../model/format.ts';

// biome-ignore format: texts side by side are easier to keep alike than one a line
export const structure = {
  mode: 'Restructure', leave: 'Leave', past: 'Past changes', modeSub: 'Drag a seat onto another one, or choose it and use its menu. Nothing happens until you apply the plan.',
  marks: { new: 'new', moved: 'moved', changed: 'other' },
  inUnit: (n: number) => `${plural(n, 'seat')} of this unit`, further: 'Further seats', back: 'Seats before', others: (n: string) => `${n} more`,
  chosen: 'Seat', choose: 'No seat is chosen', chooseWhy: 'Choose one on the chart, or find it by its name.', reports: (n: number) => (n === 0 ? 'nobody reports to it' : `${plural(n, 'seat')} report to it`.replace('1 seat report', '1 seat reports')),
  under: (above: string) => `reports to ${above}`, top: 'the top', page: 'Its page',
  acts: { move: 'Move under …', occupy: 'Who sits here …', merge: 'Merge into …', split: 'Split …', layer: 'Add a layer …', dissolve: 'Dissolve', unit: 'New unit …' },
  take: 'Add to the plan',
  move: { title: (s: string) => `Move ${s}`, under: 'Under which seat?', unit: 'In the unit' },
  merge: { title: (s: string) => `Merge ${s} into another seat`, why: 'Its work, its reports and whatever names it go there. Its desk is kept, and it is retired.', into: 'Into which seat?', rights: 'That seat gets its rights, too' },
  split: { title: (s: string) => `Split ${s}`, why: 'A new seat beside it takes some of its topics, with the open work on them, and has no right that this one has not.', topics: 'Topics that go', noTopics: 'This seat has no topics: the new one begins without work.', rights: 'Rights it has, too' },
  layer: { title: (s: string) => `A new seat under ${s}`, why: 'It directs those you choose, and has no rights of its own.', over: 'Over whom?', purpose: 'What for?' },
  unitNew: { title: 'A new unit', parent: 'Inside', none: 'nothing' },
  named: 'Title', id: 'Id', idHint: 'Lower-case letters, digits and “-”; it never changes.',
  who: { person: 'A person', nobody: 'Nobody yet', principal: 'Id of the person', name: 'Name', label: 'Who sits there?' },
  occupy: {
    title: (s: string) => `Who sits at ${s}?`, now: (who: string) => `Now: ${who}.`, defined: (who: string) => `In the definition: ${who}.`,
    atOnce: 'At once, until it is taken back', atOnceWhy: 'Not part of the plan: for an hour, or a day. The definition stays as it is.', takesOver: 'Goes on with what was asked for and has not begun', take: 'Seat them now',
    backNow: (who: string) => `Put ${who} back`, done: (who: string, s: string) => `${who} sits at ${s} now`, nobodyNow: (s: string) => `Nobody sits at ${s} now`,
  },
  plan: {
    title: 'Plan', none: 'Nothing is planned', noneWhy: 'Changes gather here, with what the kernel says about them, until you apply them all at once or none.',
    said: (n: number) => `${plural(n, 'change')} planned`, drop: (what: string) => `Leave out: ${what}`, apply: 'Apply', discard: 'Discard', again: 'Look again',
    work: 'Open work that moves', noWork: 'No open work moves.', fromTo: (from: string, to: string) => `${from} → ${to}`, nothingOpen: 'nothing is open',
    kinds: { cases: (n: number) => plural(n, 'case'), tasks: (n: number) => plural(n, 'task'), messages: (n: number) => plural(n, 'message'), approvals: (n: number) => plural(n, 'decision'), operations: (n: number) => plural(n, 'operation'), runs: (n: number) => `${plural(n, 'run')} that end` },
    stopped: (n: number) => `${plural(n, 'run')} end because somebody else sits there; what they worked on waits again.`,
    retired: (seat: string, heir: string) => `${seat} is retired; its desk and history are kept, and ${heir} goes on with its work.`,
    seats: 'Seats', told: (n: number) => `${plural(n, 'seat')} are told.`.replace('1 seat are', '1 seat is'), look: 'Look at', before: 'before', after: 'after',
    above: 'Reports to', unit: 'Unit', occupant: 'Played by', reports: 'Reports', damage: 'Can damage', alone: 'At once, alone', budgets: 'Bound by', text: 'Most damage', gains: 'Can from now on', loses: 'Can no longer', no: '–', noLimit: 'no limit', isNew: 'new', goes: 'retired',
    wide: (n: number, allowed: number) => `${countText(n)}: more than ${allowed} are too many to follow`,
    asked: 'Restructure?', effect: (n: number) => `All ${n} changes or none, while work goes on. Everybody concerned gets a message; the reason stays on the ledger.`.replace('All 1 changes or none', 'The change is made whole or not at all'),
    done: (id: string) => `${id} is done`, takesBack: (id: string) => `takes back ${id}`,
    stale: 'The organisation was changed since this plan was begun', staleWhy: 'It cannot be applied as it is. Plan the same changes on what is in force now, and look at them again.', staleBy: (id: string, who: string) => `${id} by ${who}:`, rebase: 'Plan again on what is now',
    back: (id: string) => `This takes back ${id}.`, remains: 'It does not bring back:',
  },
  proposed: 'A layer is proposed', decide: 'Decide about it',
  steps: { unit: 'a new unit', split: 'a split', merge: 'a merge', reassign: 'a move', 'add-layer': 'a new layer', 'remove-layer': 'a seat dissolved', occupy: 'another occupant' },
  history: {
    none: 'Never restructured', noneWhy: 'When somebody changes who reports to whom, it stands here with who did it and why.',
    takeBack: 'Take back', nothingBack: (why: string) => `Nothing of it can be taken back by steps: ${why}`, drift: 'not in the pack yet', why: 'Why, and what followed',
    moved: 'What followed', nothingMoved: 'Nothing followed.', told: 'Told', did: 'What was done', by: 'By', at: 'When', records: 'Its records on the ledger', reason: 'Reason', warnings: 'Said beforehand',
  },
} as const;
