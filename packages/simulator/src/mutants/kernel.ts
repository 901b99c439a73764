/** Planted bugs of the kind a change of the kernel could bring. */
import type { State } from '@reeve/kernel';
import { after, amongSeats, bodyOf, during, forged, ignored, instead, type Mutant } from './craft.ts';

/** The gate sees an organisation in which this capability has no contract conditions, policies, or bounds of rights. */
const gateOpen = (capability: string) =>
  amongSeats((state) => {
    const before = state.organisation;
    const contract = before.contracts.get(capability);
    if (!contract) return undefined;
    const { contracts, seats } = before;
    const rights = [{ capability: '*' }];
    const open = [...seats].map(([id, seat]) => {
      const { charter } = seat;
      seat.charter = { ...charter, tier: 'executor', rights, entrusts: rights };
      return () => {
        const now = before.seats.get(id);
        if (now) now.charter = charter;
      };
    });
    contracts.set(capability, { ...contract, pre: [] });
    const { policies } = before;
    before.policies = [];
    return () => {
      contracts.set(capability, contract);
      before.policies = policies;
      for (const close of open) close();
    };
  });

const hidden = (spoil: (state: State) => () => void) => during(spoil);

const withoutSwitches = hidden((state) => {
  const { governance } = state;
  const { switches } = governance;
  const shown = new Map(switches);
  for (const key of shown.keys()) switches.delete(key);
  return () => {
    for (const [key, why] of shown) if (!switches.has(key)) switches.set(key, why);
  };
});

const withoutTiers = hidden((state) => {
  const { tiers } = state.organisation.settings;
  if (!tiers) return () => {};
  const { ask } = tiers;
  tiers.ask = Number.MAX_SAFE_INTEGER;
  return () => {
    tiers.ask = ask;
  };
});

const MILLION = 1e12;
const endlessMoney = hidden((state) => {
  const accounts = [...state.budget.books.keys()].filter((name) => name.endsWith('/available'));
  const add = (amount: number) => {
    for (const name of accounts) state.budget.books.set(name, (state.budget.books.get(name) ?? 0) + amount);
  };
  add(MILLION);
  return () => add(-MILLION);
});

const endlessGrants = hidden((state) => {
  for (const grant of state.governance.control.grants.values()) Object.assign(grant, { used: 0, spent: 0 });
  return () => {};
});

const forgetfulness = hidden((state) => {
  state.commands.clear();
  return () => {};
});

const blindVerification = hidden((state) => {
  const posts = [...state.organisation.contracts.values()].map((contract) => [contract, contract.post] as const);
  for (const [contract] of posts) contract.post = [];
  return () => {
    for (const [contract, post] of posts) contract.post = post;
  };
});

const freeOfCharge = hidden((state) => {
  for (const op of state.operations.operations.values()) if (op.status === 'requested') op.cost = 0;
  return () => {};
});

const doubleRelease: Mutant['plant'] = () => ({
  kernel: (kernel) => ({
    ...kernel,
    step: (state, command, inputs) => {
      const result = kernel.step(state, command, inputs);
      const settled = result.records.find(({ kind, body }) => kind === 'budget.settled' && !('reverses' in body));
      if (!settled) return result;
      const { reservation, transfers } = settled.body as {
        reservation: string;
        transfers: { from: string; to: string; amount: number }[];
      };
      const back = transfers.map(({ from, amount }) => ({ from, to: from.replace('/reserved', '/available'), amount }));
      return forged(state, result, settled, 'budget.released', { reservation, transfers: back });
    },
  }),
});

export const KERNEL_MUTANTS: readonly Mutant[] = [
  {
    id: 'gate-open-refund',
    what: 'the gate skips contract, rights and policies of orders.refund',
    by: ['policy'],
    seed: 8,
    plant: gateOpen('orders.refund'),
  },
  {
    id: 'gate-open-mail',
    what: 'the gate skips contract, rights and policies of mail.send',
    by: ['policy'],
    seed: 15,
    plant: gateOpen('mail.send'),
  },
  {
    id: 'switch-ignored',
    what: 'the gate does not look at kill switches',
    by: ['switch'],
    seed: 9,
    plant: withoutSwitches,
  },
  { id: 'tier-ignored', what: 'large sums need no decision', by: ['approval'], seed: 2, plant: withoutTiers },
  {
    id: 'digest-ignored',
    what: 'an approval counts whatever its approver had seen',
    by: ['approval'],
    seed: 2,
    plant: instead('approval.decide', (command) => {
      const { digest: _, ...body } = bodyOf(command);
      return { ...command, body } as typeof command;
    }),
  },
  {
    id: 'own-approval',
    what: 'the seat that asked may approve its own request',
    by: ['separation'],
    seed: 2,
    plant: instead('approval.decide', (command, state) => {
      const requester = state.governance.approvals.get(String(bodyOf(command).approval))?.requester;
      return command.actor.seat === requester ? { ...command, actor: { principal: 'owner' } } : command;
    }),
  },
  {
    id: 'stranger-trusted',
    what: 'whoever names a seat is taken for its occupant',
    by: ['identity'],
    seed: 20,
    plant: amongSeats((state) => {
      const seats = [...state.organisation.seats.values()].map((seat) => [seat, seat.occupant] as const);
      for (const [seat, occupant] of seats)
        if (occupant?.kind === 'human') seat.occupant = { ...occupant, principal: 'mallory' };
      return () => {
        for (const [seat, occupant] of seats) if (seat.occupant?.principal === 'mallory') seat.occupant = occupant;
      };
    }),
  },
  {
    id: 'own-verification',
    what: 'who resolved a case may confirm it',
    by: ['separation'],
    seed: 4,
    plant: instead('case.verify', (command, state) => {
      const found = state.cases.cases.get(String(bodyOf(command).case));
      if (found?.resolution && found.resolution.by === command.actor.seat) {
        found.resolution = { ...found.resolution, by: 'nobody', principal: 'nobody' };
        found.acted = [];
      }
      return command;
    }),
  },
  {
    id: 'commands-forgotten',
    what: 'a command that comes again is done again',
    by: ['acknowledged', 'once', 'internal'],
    seed: 1,
    plant: forgetfulness,
  },
  {
    id: 'money-endless',
    what: 'the allocation of a budget is not looked at',
    by: ['money'],
    seed: 1,
    plant: endlessMoney,
  },
  {
    id: 'free-of-charge',
    what: 'what an operation costs is not reserved',
    by: ['money'],
    seed: 1,
    plant: freeOfCharge,
  },
  {
    id: 'released-after-settled',
    what: 'a reservation that was spent is given back as well',
    by: ['money'],
    seed: 1,
    plant: doubleRelease,
  },
  { id: 'grant-endless', what: 'a standing grant is never used up', by: ['approval'], seed: 20, plant: endlessGrants },
  {
    id: 'verification-blind',
    what: 'post-conditions always hold',
    by: ['truth'],
    seed: 1,
    needs: 'tool-lies',
    plant: blindVerification,
  },
  {
    id: 'timeout-is-refusal',
    what: 'an unknown outcome counts as a refusal of the tool',
    by: ['truth'],
    seed: 1,
    plant: instead('operation.fail', (command) => ({
      ...command,
      body: { ...bodyOf(command), uncertain: false, category: 'deterministic' } as never,
    })),
  },
  {
    id: 'interrupt-lost',
    // That they are not interrupted at all is no fault any more: oversight restarts them after a while [OVS10].
    what: 'interrupted runs of a process that died are not run again',
    by: ['starved'],
    seed: 2,
    plant: after('run.interrupted', (state, { body }) => void state.runs.ready.delete((body as { run: string }).run)),
  },
  {
    id: 'reconcile-lost',
    what: 'what was found out about an unknown outcome is not recorded',
    by: ['starved'],
    seed: 1,
    plant: ignored('operation.reconcile'),
  },
  {
    id: 'wake-lost',
    what: 'a run whose operation is settled is not run again',
    by: ['starved'],
    seed: 2,
    plant: after('run.woken', (state, { body }) => void state.runs.ready.delete((body as { run: string }).run)),
  },
  {
    id: 'job-lost',
    what: 'now and then an admitted operation is not given to an executor',
    by: ['starved'],
    seed: 1,
    plant: after('operation.decided', (state, { body }, random) => {
      if (random.chance(0.3)) state.operations.jobs.delete((body as { operation: string }).operation);
    }),
  },
  {
    id: 'lock-kept',
    what: 'an operation keeps its resource after it is over',
    by: ['lock'],
    seed: 5,
    plant: after('operation.verified', (state, { body }) => {
      const op = state.operations.operations.get((body as { operation: string }).operation);
      if (op?.resource && !state.operations.locks.has(op.resource))
        state.operations.locks.set(op.resource, { holder: op.id, waiting: { items: [], head: 0 } });
    }),
  },
  {
    id: 'owner-drifts',
    what: 'a note moves the case to another owner, in memory only',
    by: ['owner'],
    seed: 2,
    plant: after('case.noted', (state, { body }) => {
      const found = state.cases.cases.get((body as { case: string }).case);
      if (found) found.owner = [...state.organisation.seats.keys()][0]!;
    }),
  },
  {
    id: 'timers-dropped',
    what: 'what is due does not happen',
    by: ['starved'],
    seed: 3,
    plant: () => ({
      kernel: (kernel) => ({
        ...kernel,
        tick: (state) => {
          state.timers.length = 0;
          return [];
        },
      }),
    }),
  },
  {
    id: 'clock-followed-back',
    what: 'the time of a record follows the clock backwards',
    by: ['internal', 'chain'],
    seed: 2,
    needs: 'clock-back',
    plant: () => ({
      kernel: (kernel) => ({
        ...kernel,
        step: (state, command, inputs) => {
          state.now = inputs.now;
          return kernel.step(state, command, inputs);
        },
      }),
    }),
  },
  {
    id: 'gate-open-document',
    what: 'the gate skips contract, rights and policies of documents.write',
    by: ['policy'],
    seed: 14,
    plant: gateOpen('documents.write'),
  },
  {
    id: 'stage-ignored',
    what: 'a lane that fell to a lower stage is treated as the highest',
    by: ['stage'],
    seed: 10,
    often: ['trip', 'after-incident'],
    plant: during((state) => {
      const lanes = [...state.rollout.lanes.values()].map((lane) => ({ lane, stage: lane.stage }));
      for (const { lane } of lanes) lane.stage = 'end-to-end';
      return () => {
        for (const { lane, stage } of lanes) if (lane.stage === 'end-to-end') lane.stage = stage;
      };
    }),
  },
  {
    id: 'metric-drifts',
    what: 'a case that is closed counts twice for the mean of first answers',
    by: ['metric'],
    seed: 1,
    plant: after('case.closed', (state, { body }) => {
      const cell = state.purpose.values.get('first-response');
      if (cell && (body as { firstResponse?: number }).firstResponse !== null) cell.n += 1;
    }),
  },
];
