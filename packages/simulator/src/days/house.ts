/** The packs as the ninety days play them: the pack itself, with a few desks more, a lane that selects, and routing [SIM20]. */
import { DAY, type Definition, definition as definitionSchema, HOUR, type SeatDef } from '@reeve/kernel';

/** What the two packs call the same things. */
export interface Trade {
  readonly pack: 'support' | 'content';
  /** Seat that owns cases, the person at the top, and the contract and capability of mail to customers. */
  readonly desk: string;
  readonly chief: string;
  readonly contract: string;
  readonly capability: string;
  /** Unit of the desk. */
  readonly unit: string;
  /** How every whole mail ends. */
  readonly signature: RegExp;
}

export const TRADES: Readonly<Record<'support' | 'content', Trade>> = {
  support: {
    ...{ pack: 'support', desk: 'front-desk', chief: 'operator', unit: 'support' },
    ...{ contract: 'customer-mail', capability: 'mail.send', signature: /Acme Outdoor[^\n]*$/ },
  },
  content: {
    ...{ pack: 'content', desk: 'desk', chief: 'editor-in-chief', unit: 'studio' },
    ...{ contract: 'answer', capability: 'mail.answer', signature: /Fieldnotes Media$/ },
  },
};

/** The topic that the evening desk declares and cannot do. */
export const TOPIC = 'wholesale';
/** The topic of usual requests, whose traffic the lane shares out. */
export const REQUEST = 'request';
export const LANE = 'answers';
export const SWITCH = 'answers-break-off';
export const METRIC = 'answers-reopened';
export const TARGET = 'few-reopened';
/** Seats beside the pack's own: one that is weak, one that is merged, one that knows wholesale. */
export const HASTY = 'second-desk';
export const EVENING = 'evening-desk';
export const WHOLESALE = 'trade-desk';
export const SCRIPTS = { [HASTY]: 'scripts/days-hasty.ts', [EVENING]: 'scripts/days-evening.ts' } as const;

function copyOf(desk: SeatDef, id: string, title: string, topics: readonly string[]): SeatDef {
  const own = (SCRIPTS as Readonly<Record<string, string>>)[id];
  const script = own ?? desk.occupant!.script;
  return {
    ...desk,
    ...{ id, title, occupant: { ...desk.occupant!, principal: `${id}-script`, ...(script ? { script } : {}) } },
    abilities: { ...desk.abilities, topics: [...topics] },
  };
}

const declaring = (desk: SeatDef, topic: string): SeatDef => ({
  ...desk,
  abilities: { ...desk.abilities, topics: [...desk.abilities.topics, topic] },
});

/** The lane shares the answers out between the pack's desk and the second one. */
const laneOf = ({ desk, chief, contract }: Trade) => ({
  ...{ id: LANE, title: 'Answers to customers', input: [], steps: [contract] },
  rollout: {
    ...{ outcome: 'Who asks has a whole answer.', topics: [REQUEST], start: 'end-to-end', baseline: chief },
    seats: [
      { seat: desk, share: 50 },
      { seat: HASTY, share: 50 },
    ],
    stages: {
      assist: { stay: { criteria: [] } },
      bounded: { share: 100, enter: { days: 2, sample: 10, criteria: [] }, stay: { criteria: [] } },
      'end-to-end': { enter: { days: 2, sample: 10, criteria: [] }, stay: { criteria: [] } },
    },
    selection: {
      ...{ every: 3 * DAY, cooldown: 2 * DAY, step: 15, floor: 5, sample: 10, margin: 3, lowerBelow: 20 },
      weights: { success: 10, corrections: 90, cost: 0, value: 0 },
    },
  },
});

const REOPENED = { event: 'case.reopened' } as const;
const METRICS = [
  {
    ...{ id: METRIC, title: 'Answers that came back', unit: 'percent', window: 7 * DAY },
    measure: { ratio: { of: REOPENED, to: { event: 'case.closed' } } },
  },
  {
    ...{ id: 'reopened-lately', title: 'Answers that came back in twelve hours', unit: 'count', window: 12 * HOUR },
    measure: { count: REOPENED },
  },
] as const;

const controlsOf = ({ chief, unit }: Trade) => ({
  metrics: METRICS,
  targets: [
    {
      ...{ id: TARGET, metric: METRIC, unit, owner: chief, value: 10, direction: 'at-most', samples: 12 },
      because: 'Who has to ask twice goes elsewhere.',
    },
  ],
  switches: [
    {
      ...{ id: SWITCH, title: 'Nothing is answered while answers come back', scope: 'lane', target: LANE },
      ...{ metrics: ['reopened-lately'], when: 'metrics["reopened-lately"] >= 7' },
      ...{ cooldown: 24 * HOUR, rearm: [chief], because: 'Seven answers came back within twelve hours.' },
    },
  ],
});

/** The definition that is played. @throws ZodError when the pack no longer has what is changed here */
export function houseOf(definition: Definition, trade: Trade): Definition {
  const desk = definition.seats.find(({ id }) => id === trade.desk)!;
  const { metrics, targets, switches } = controlsOf(trade);
  const desks = [
    copyOf(desk, HASTY, 'Second desk', [REQUEST]),
    copyOf(desk, EVENING, 'Evening desk', [TOPIC]),
    copyOf(desk, WHOLESALE, 'Desk for dealers', [TOPIC]),
  ];
  const own = definition.seats.map((seat) => (seat === desk ? declaring(desk, REQUEST) : seat));
  return definitionSchema.parse({
    ...definition,
    seats: [...own, ...desks],
    settings: {
      ...definition.settings,
      routing: { continuity: false },
      purpose: { gaps: { widens: 2, stays: 3 } },
    },
    flows: [...definition.flows, laneOf(trade)],
    metrics: [...definition.metrics, ...metrics],
    targets: [...definition.targets, ...targets],
    switches: [...definition.switches, ...switches],
  });
}
