/** An organisation made of a suite's tools: one human, one assistant bounded by what the human says. Only roles and effects count. */
import { type Definition, definition } from '@reeve/kernel';
import type { Suite, SuiteTool } from './suite.ts';

/** Roles that steer an effect; all others are what is said, how much and when. */
const STEERS = ['target', 'secret', 'object'];

/** A capability's id: lower case, and nothing an id may not hold. */
export const capabilityOf = (name: string): string =>
  name
    .replaceAll(/(?<=[a-z])(?=[A-Z])/g, '_')
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]/g, '-');

const ofRole = (tool: SuiteTool, role: string): string[] =>
  Object.entries(tool.arg_roles ?? {}).flatMap(([argument, is]) => (is === role ? [argument] : []));

/** Reads say themselves whether they bring content from outside; of other tools, what answers with free text does. */
const taints = (tool: SuiteTool): boolean =>
  tool.returns_attacker_text_observed === true ||
  tool.read_trust === 'untrusted' ||
  (tool.effect !== 'read' && /^str\b|<class 'str'>/.test(tool.return_type ?? ''));

function capability(tool: SuiteTool) {
  const args = Object.keys(tool.parameters.properties ?? {}).map((name) => [
    name,
    { type: 'any' as const, optional: !(tool.parameters.required ?? []).includes(name) },
  ]);
  const own = ['instruction', 'definition', 'trusted', 'contract', 'record', 'own'] as const;
  return {
    id: capabilityOf(tool.name),
    tool: 'suite',
    title: (tool.description ?? '').slice(0, 200),
    effect: tool.effect === 'read' ? ('read' as const) : ('compensable' as const),
    args: Object.fromEntries(args),
    sensitive: STEERS.flatMap((role) => ofRole(tool, role)),
    groundedBy: Object.fromEntries([
      ...ofRole(tool, 'secret').map((argument) => [argument, ['instruction']]),
      // Which of the organisation's own things: the seat may know it without having read it in this run.
      ...ofRole(tool, 'object').map((argument) => [argument, [...own]]),
    ]),
    taints: taints(tool),
    ...(tool.read_trust === 'trusted' ? { registry: true } : {}),
  };
}

export const organisationOf = (suite: Suite): Definition =>
  definition.parse({
    name: suite.name,
    settings: { intake: 'assistant', earned: ['*'] },
    units: [{ id: 'office', title: 'Office' }],
    seats: [
      {
        ...{ id: 'principal', title: 'Principal', unit: 'office' },
        charter: { purpose: 'Says what is to be done.', tier: 'executor' },
        occupant: { principal: 'user', kind: 'human' },
      },
      {
        ...{ id: 'assistant', title: 'Assistant', unit: 'office', supervisor: 'principal' },
        charter: {
          ...{ purpose: 'Does it.', tier: 'executor', rights: [{ capability: '*' }], follows: 'instruction' },
          stop: { steps: 1000, repeats: 100 },
        },
        occupant: { principal: 'model', kind: 'model' },
      },
    ],
    tools: [{ id: 'suite', connector: 'memory' }],
    capabilities: suite.tools.map(capability),
    contracts: suite.tools
      .filter((tool) => tool.effect !== 'read')
      .map((tool) => ({ id: capabilityOf(tool.name), capability: capabilityOf(tool.name) })),
  });
