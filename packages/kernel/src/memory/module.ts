/** The parts of memory, put together for the registry. */
import type { RecordOf } from '../core/events.ts';
import { countId, type State } from '../core/state.ts';
import { beliefsDecide, beliefsFollowUps } from './beliefs.ts';
import { desksDecide } from './desks.ts';
import { memoryEvolve } from './evolve.ts';
import { graphEvolve } from './graph.ts';
import { recallDecide } from './recall.ts';
import { sharingDecide } from './sharing.ts';
import { skillsDecide } from './skills.ts';
import { TEAMS, teamDecide } from './team.ts';

export const memoryDecide = {
  ...beliefsDecide,
  ...recallDecide,
  ...sharingDecide,
  ...skillsDecide,
  ...desksDecide,
  ...teamDecide,
};

const teamEvolve = {
  'team.formed': (state: State, r: RecordOf<'team.formed'>): void => {
    const { team: id, purpose, topics, topology, members } = r.body;
    countId(state, id);
    state.memory.teams.set(id, { id, purpose, topics, topology, members, at: r.at, outcome: null });
    for (const oldest of state.memory.teams.keys()) {
      if (state.memory.teams.size <= TEAMS) break;
      state.memory.teams.delete(oldest);
    }
  },
};

export const memoryEvolves = [memoryEvolve, teamEvolve, graphEvolve];
export const memoryFollowUps = beliefsFollowUps;
export { memoryReact } from './react.ts';
