import { type State, unitPurposes, versionsOf } from '@reeve/kernel';
import type { PURPOSE_ROUTES } from '@reeve/protocol';
import { gapList, metricList, proposalDetail, proposalList, purposeOfUnit } from '../views/purpose.ts';
import { type Call, type Handler, present, type Services, view } from './handler.ts';
import { write } from './write.ts';

/** The version that a record made; a repeat is told the same. */
const versionAt = (state: State, unit: string, seq: number): number =>
  versionsOf(state, unit).find((each) => each.seq === seq)?.version ?? 0;

async function change(
  services: Services,
  call: Call,
  kind: 'purpose.amend' | 'purpose.revert',
  body: { unit: string },
): Promise<{ body: { unit: string; version: number; seq: number }; repeated: boolean }> {
  const { seq, repeated } = await write(services, call, kind, body);
  const version = await services.runtime.read((state) => versionAt(state, body.unit, seq));
  return { body: { unit: body.unit, version, seq }, repeated };
}

export const PURPOSE_HANDLERS: { readonly [K in keyof typeof PURPOSE_ROUTES]: Handler<K> } = {
  purpose: view((state) => ({ units: unitPurposes(state, present(state)) })),
  unitPurpose: view((state, { params }) => purposeOfUnit(state, params.id, present(state))),
  amendPurpose: (services, { params, body }, call) =>
    change(services, call, 'purpose.amend', { unit: params.id, ...body }),
  revertPurpose: (services, { params, body }, call) =>
    change(services, call, 'purpose.revert', { unit: params.id, ...body }),
  gaps: view((state, { query }) => gapList(state, query, present(state))),
  metrics: view((state, { query }) => metricList(state, query, present(state))),
  proposals: view((state, { query }) => proposalList(state, query)),
  proposal: view((state, { params }) => proposalDetail(state, params.id)),
  makeProposal: async (services, { body }, call) => {
    const { result, seq, repeated } = await write(services, call, 'proposal.make', body);
    return { status: 201, body: { proposal: result.proposal as string, seq }, repeated };
  },
  decideProposal: async (services, { params, body }, call) => {
    const { seq, repeated } = await write(services, call, 'proposal.decide', { proposal: params.id, ...body });
    return { body: { proposal: params.id, seq }, repeated };
  },
};
