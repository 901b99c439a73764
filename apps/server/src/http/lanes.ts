import type { LANE_ROUTES } from '@reeve/protocol';
import { archiveOf } from '../archive.ts';
import { afterNinetyDays, laneAccount, laneCheck, laneDetail, laneList } from '../views/lanes.ts';
import { laneMovesOf } from '../why/explained.ts';
import { type Call, type Handler, present, type Services, view } from './handler.ts';
import { write } from './write.ts';

const moves: Handler<'laneMoves'> = async ({ runtime, store }, { params, query }) => ({
  body: await laneMovesOf(runtime, archiveOf(runtime, store), params.id, query),
});

async function move(services: Services, call: Call, kind: 'lane.raise' | 'lane.lower', body: { lane: string }) {
  const { seq, repeated } = await write(services, call, kind, body);
  const stage = await services.runtime.read((state) => state.rollout.lanes.get(body.lane)!.stage);
  return { body: { lane: body.lane, stage, seq }, repeated };
}

export const LANE_HANDLERS: { readonly [K in keyof typeof LANE_ROUTES]: Handler<K> } = {
  lanes: view((state, { query }) => laneList(state, query, present(state))),
  lane: view((state, { params }) => laneDetail(state, params.id, present(state))),
  laneMoves: moves,
  laneMoney: view((state, { params, query }) => laneAccount(state, params.id, query.month)),
  laneCheck: view((state, { params }) => laneCheck(state, params.id, present(state))),
  raiseLane: (services, { params, body }, call) => move(services, call, 'lane.raise', { lane: params.id, ...body }),
  lowerLane: (services, { params, body }, call) => move(services, call, 'lane.lower', { lane: params.id, ...body }),
  reportAction: async (services, { params, body }, call) => {
    const { seq, repeated } = await write(services, call, 'lane.report', { lane: params.id, ...body });
    return { body: { lane: params.id, seq }, repeated };
  },
  ninetyDays: view((state) => afterNinetyDays(state, present(state))),
};
