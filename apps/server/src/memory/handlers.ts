import { proposal, wanted } from '@reeve/kernel';
import type { MEMORY_ROUTES } from '@reeve/protocol';
import { type Handler, present, view } from '../http/handler.ts';
import { deskHits } from './search.ts';
import { compareDesk, mergeDesk, restoreDesk, takeSnapshot } from './snapshots.ts';
import {
  beliefDetail,
  beliefList,
  contextList,
  deskDetail,
  deskList,
  graphView,
  skillDetail,
  skillList,
  teamList,
} from './views.ts';

export const MEMORY_HANDLERS: { readonly [K in keyof typeof MEMORY_ROUTES]: Handler<K> } = {
  beliefs: view((state, { query }) => beliefList(state, query)),
  belief: view((state, { params }) => beliefDetail(state, params.id)),
  skills: view((state, { query }) => skillList(state, query)),
  skill: view((state, { params }) => skillDetail(state, params.id)),
  desks: view((state, { query }) => deskList(state, query)),
  desk: view((state, { params }) => deskDetail(state, params.id)),
  takeSnapshot,
  mergeDesk,
  restoreDesk,
  compareDesk,
  deskSearch: async ({ history, runtime }, { query }) => ({
    body: await deskHits(history, (look) => runtime.read(look), query),
  }),
  knowledgeGraph: view((state, { query }) => graphView(state, query)),
  contexts: view((state) => contextList(state)),
  teams: view((state, { query }) => teamList(state, query)),
  proposeTeam: view((state, { body }) => proposal(state, wanted.parse(body), present(state))),
};
