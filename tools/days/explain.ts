/** The five things of a run with what the product itself says about each: the functions behind `reeve why` and its like. */
import { movesText, plain, restructuringText, routingText, whyText } from '@reeve/cli/text';
import { archiveOf, laneMovesOf, type Reader, restructuringOf, routeOf, sentence, whyOf } from '@reeve/server/why';
import { type DaysOutcome, LANE, type Moment } from '@reeve/simulator';

/** One thing that happened: the records it rests on, and the answers to commands about it. */
export interface Told {
  readonly what: 'gap' | 'weak-seat' | 'misrouted-topic' | 'kill-switch' | 'restructuring';
  readonly summary: string;
  readonly records: readonly {
    readonly seq: number;
    readonly at: number;
    readonly kind: string;
    readonly text: string;
  }[];
  readonly explained: readonly { readonly command: string; readonly text: string }[];
}

const DAY = 86_400_000;
const day = ({ at }: Moment, epoch: number): string => `day ${Math.floor((at - epoch) / DAY) + 1}`;

/** Explains one run. */
class Teller {
  readonly #outcome: DaysOutcome;
  readonly #reader: Reader;
  readonly #archive: ReturnType<typeof archiveOf>;

  constructor(outcome: DaysOutcome) {
    const { state, store } = outcome;
    this.#outcome = outcome;
    this.#reader = { org: 'sim', read: async (view) => view(state) };
    this.#archive = archiveOf(outcome, store);
  }

  get #view() {
    const { state, definition } = this.#outcome;
    const { currency } = state.organisation.settings;
    return { paint: plain, width: 120, now: state.now, currency, definition };
  }

  async records(...moments: readonly Moment[]): Promise<Told['records']> {
    const found = await Promise.all(
      moments.map(({ seq }) => this.#archive.store.history({ seq: { from: seq, to: seq }, limit: 1 })),
    );
    return found
      .flatMap(({ records }) => records.map(this.#archive.recordOf))
      .map((record) => ({ seq: record.seq, at: record.at, kind: record.kind, text: sentence(record) }));
  }

  async why(id: string) {
    return { command: `reeve why ${id}`, text: whyText(await whyOf(this.#reader, this.#archive, id), this.#view) };
  }

  /** @param seqs of the moves that are shown */
  async lane(...seqs: readonly number[]) {
    const { moves } = await laneMovesOf(this.#reader, this.#archive, LANE, { limit: 1000 });
    const shown = moves.filter(({ seq }) => seqs.includes(seq));
    return { command: `reeve lanes explain ${LANE}`, text: movesText(shown, this.#view) };
  }

  async route(id: string) {
    const found = await routeOf(this.#reader, this.#archive, id);
    return { command: `reeve route explain ${id}`, text: routingText(found, this.#view) };
  }

  async restructuring(id: string) {
    const found = await restructuringOf(this.#reader, this.#archive, id);
    return { command: `reeve why ${id}`, text: restructuringText(found) };
  }
}

type Tells = (outcome: DaysOutcome, teller: Teller, epoch: number) => Promise<Told | null>;

const gap: Tells = async ({ story }, teller, epoch) => {
  if (!story.gap) return null;
  const { opened, closed } = story.gap;
  return {
    what: 'gap',
    summary: `a gap became work on ${day(opened, epoch)} (${opened.ask}) and was closed on ${day(closed, epoch)}`,
    records: await teller.records(opened, closed),
    explained: [await teller.why(opened.ask)],
  };
};

const weak: Tells = async ({ story }, teller, epoch) => {
  if (!story.weak) return null;
  const { first, last, shares } = story.weak;
  return {
    what: 'weak-seat',
    summary: `second-desk lost traffic from ${day(first, epoch)} to ${day(last, epoch)}: ${shares.join(' → ')} %`,
    records: await teller.records(first, last),
    explained: [await teller.lane(first.seq, last.seq)],
  };
};

const topic: Tells = async ({ story }, teller, epoch) => {
  if (!story.topic) return null;
  const { misrouted, learned, after } = story.topic;
  const last = misrouted.at(-1)!;
  return {
    what: 'misrouted-topic',
    summary:
      `${misrouted.length} misrouted until ${day(last, epoch)} (${last.ask}); from ${day(learned, epoch)} on ` +
      `(${learned.ask}) all ${after} went to who can do it`,
    records: await teller.records(last, learned),
    explained: [await teller.route(last.ask), await teller.route(learned.ask)],
  };
};

const tripped: Tells = async ({ story }, teller, epoch) => {
  if (!story.tripped) return null;
  const { trip, rearm, refused } = story.tripped;
  return {
    what: 'kill-switch',
    summary: `tripped by itself on ${day(trip, epoch)}, re-armed by a person on ${day(rearm, epoch)}`,
    records: await teller.records(trip, ...(refused ? [refused] : []), rearm),
    explained: refused ? [await teller.why(refused.ask)] : [],
  };
};

const restructured: Tells = async ({ story, count }, teller, epoch) => {
  if (!story.restructured) return null;
  const { done, moved, lost } = story.restructured;
  return {
    what: 'restructuring',
    summary:
      `evening-desk was merged on ${day(done, epoch)} with ${moved.length} cases under way; ` +
      `${lost.length + count.ownerless.length} lost`,
    records: await teller.records(done),
    explained: [await teller.restructuring(done.ask)],
  };
};

/** What happened, in the order of the requirement. What did not happen is left out. @param epoch when day 1 began */
export async function tell(outcome: DaysOutcome, epoch: number): Promise<Told[]> {
  const teller = new Teller(outcome);
  const told: Told[] = [];
  for (const one of [gap, weak, topic, tripped, restructured]) {
    const found = await one(outcome, teller, epoch);
    if (found) told.push(found);
  }
  return told;
}
