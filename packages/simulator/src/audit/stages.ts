/** How far each lane is trusted, as the records say, and what was begun against that. */
import type { Ask, Model, Op } from './model.ts';
import type { Body, Entry } from './records.ts';

const STAGES = ['observe', 'shadow', 'assist', 'bounded', 'end-to-end'];
const rank = (stage: string): number => STAGES.indexOf(stage);

interface Flow {
  readonly id: string;
  readonly steps: readonly string[];
  readonly rollout?: { readonly steps?: readonly string[] };
}

interface Lane {
  steps: readonly string[];
  stage: string;
  /** Seats that are trusted less. */
  readonly caps: Map<string, string>;
}

export class Stages {
  readonly lanes = new Map<string, Lane>();
  #steps = new Map<string, readonly string[]>();

  apply({ kind, body }: Entry, model: Model): void {
    if (kind === 'organisation.applied') this.#defined((body.changed as { flows?: readonly Flow[] }).flows ?? []);
    else if (kind.startsWith('lane.')) this.#moved(kind, body);
    else if (kind === 'operation.leased') this.#begun(model, model.ops.get(String(body.operation)));
  }

  #defined(flows: readonly Flow[]): void {
    this.#steps = new Map(
      flows.flatMap(({ id, steps, rollout }) => {
        if (!rollout) return [];
        return [[id, rollout.steps?.length ? rollout.steps : steps]];
      }),
    );
    for (const [id, lane] of this.lanes) lane.steps = this.#steps.get(id) ?? [];
  }

  #moved(kind: string, body: Body): void {
    const id = String(body.lane);
    if (kind === 'lane.left') this.lanes.delete(id);
    if (kind === 'lane.entered')
      this.lanes.set(id, { steps: this.#steps.get(id) ?? [], stage: String(body.stage), caps: new Map() });
    if (kind !== 'lane.raised' && kind !== 'lane.lowered') return;
    const lane = this.lanes.get(id);
    if (!lane) return;
    if (body.seat === null) lane.stage = String(body.to);
    else lane.caps.set(String(body.seat), String(body.to));
  }

  /** What is only watched is never begun; what is assisted has a person's decision behind it. */
  #begun(model: Model, op: Op | undefined): void {
    if (!op || op.contract === null || op.compensates !== null) return;
    if (model.seats.get(op.seat)?.kind === 'human') return;
    for (const [id, lane] of this.lanes) {
      if (!lane.steps.includes(op.contract)) continue;
      const at = Math.min(rank(lane.stage), rank(lane.caps.get(op.seat) ?? lane.stage));
      if (at < rank('assist')) model.bad('stage', `${op.id} was begun while the lane ${id} was in ${STAGES[at]}`);
      if (at === rank('assist') && !decided(model, op.approval === null ? undefined : model.asks.get(op.approval)))
        model.bad('stage', `${op.id} was begun in the lane ${id}, which is assisted, without a person's decision`);
    }
  }
}

function decided(model: Model, ask: Ask | undefined): boolean {
  if (ask?.verdict !== 'approve' || !ask.decider) return false;
  const { by, principal, seat } = ask.decider;
  return by !== 'silence' && (principal === 'owner' || model.seats.get(seat ?? '')?.kind === 'human');
}
