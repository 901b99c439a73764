/** The generated world in Cedar: who is whose part as entities, rights as `permit`, everything that stops as `forbid`. */
import './quiet-v8.ts';
import {
  type Entities,
  type EntityJson,
  preparsePolicySet,
  statefulIsAuthorized,
} from '@cedar-policy/cedar-wasm/nodejs';
import type { Answer } from './compare.ts';
import { toCedar } from './condition.ts';
import type { Capability, Case, Policy, Request, Right, Seat, Switch, World } from './world.ts';

const uid = (type: string, id: string) => ({ type, id });
const ref = (type: string, id: string): string => `${type}::${JSON.stringify(id)}`;
const action = (group: string): string => `action in ${ref('Action', group)}`;

/** Groups an action is in by its name: `a.b.c` is in `a.b.*`, `a.*` and `*`. Said here without the kernel's `covers`. */
function groupsOf(name: string): string[] {
  const parts = name.split('.');
  return ['*', ...parts.slice(1).map((_, i) => `${parts.slice(0, i + 1).join('.')}.*`)];
}

/** What a tier may ever cause, as the requirements have it (R-E36). */
const TIER_STOPS: Readonly<Record<Seat['tier'], readonly Capability['effect'][]>> = {
  'read-only': ['reversible', 'compensable', 'irreversible'],
  coordinator: ['compensable', 'irreversible'],
  bounded: ['irreversible'],
  executor: [],
};

const ALWAYS = [
  `forbid (principal, action, resource) unless { ${action('known')} };`,
  'forbid (principal, action, resource) unless { principal has status && principal.status == "active" };',
  'forbid (principal, action, resource) unless { principal has occupant && principal.occupant == context.occupant };',
  `forbid (principal, action, resource == ${ref('Case', 'none')}) unless { ${action('effect:read')} };`,
  'forbid (principal, action, resource) when { resource.status == "closed" || resource.status == "cancelled" };',
  `forbid (principal, action, resource) unless { resource == ${ref('Case', 'none')} || resource.parties.contains(principal)
    || (resource.line in principal.line && resource.line != principal.line) };`,
  ...Object.entries(TIER_STOPS).flatMap(([tier, effects]) =>
    effects.map((effect) => `forbid (principal in ${ref('Tier', tier)}, ${action(`effect:${effect}`)}, resource);`),
  ),
];

/** Policies without a unit are for everybody; others where who acts, or who owns the case, is inside it. */
const sides = (unit: string | undefined): string =>
  unit === undefined ? '' : `when { principal in ${ref('Unit', unit)} || resource in ${ref('Unit', unit)} }`;
const oneOf = (patterns: readonly string[]): string =>
  `action in [${patterns.map((pattern) => ref('Action', pattern)).join(', ')}]`;

function rightText(seat: Seat, { pattern, when, limit }: Right): string {
  const conditions = [
    ...(when === undefined ? [] : [`when { ${toCedar(when).isTrue} }`]),
    ...(limit === undefined ? [] : [`when { context.cost <= ${limit} }`]),
  ];
  return `permit (principal == ${ref('Seat', seat.id)}, ${action(pattern)}, resource) ${conditions.join(' ')};`;
}

/** A policy that denies, and any policy whose condition has no answer, denies. */
function denialText({ on, effect, when, unit }: Policy): string {
  const { isTrue, isFalse } = toCedar(when);
  const denies = effect === 'deny' ? `!(${isFalse})` : `!(${isTrue}) && !(${isFalse})`;
  return `forbid (principal, ${oneOf(on)}, resource) ${sides(unit)} when { ${denies} };`;
}

const spokenText = ({ on, when, unit }: Policy): string =>
  `forbid (principal, ${oneOf(on)}, resource) ${sides(unit)} when { ${toCedar(when).isTrue} };`;

function switchText({ scope, id }: Switch): string {
  const [who, what] = {
    organisation: ['principal', 'action'],
    unit: [`principal in ${ref('Unit', id)}`, 'action'],
    seat: [`principal == ${ref('Seat', id)}`, 'action'],
    capability: ['principal', action(id)],
    tool: ['principal', action(`tool:${id}`)],
  }[scope] as [string, string];
  return `forbid (${who}, ${what}, resource);`;
}

const named = (texts: readonly string[]): Record<string, string> =>
  Object.fromEntries(texts.map((text, i) => [`rule-${i}`, text]));

/** Gives what Cedar decides about requests in this world. Two policy sets: may it be, and if so, who else has a word. */
export function cedarOf(world: World): (request: Request) => Answer {
  const rights = world.seats.flatMap((seat) => seat.rights.map((right) => rightText(seat, right)));
  prepare('may', named([...ALWAYS, ...rights, ...world.policies.map(denialText), ...world.switches.map(switchText)]));
  const speaking = world.policies.filter(({ effect }) => effect !== 'deny');
  const spoken = Object.fromEntries(speaking.map((policy) => [policy.id, spokenText(policy)]));
  prepare('spoken', { all: 'permit (principal, action, resource);', ...spoken });
  const entities = entitiesOf(world);
  return (request) => {
    const may = ask('may', request, entities);
    if (may.decision === 'deny') return { verdict: 'deny', policies: [] };
    const policies = ask('spoken', request, entities).diagnostics.reason.filter((id) => id !== 'all');
    return { verdict: strongest(world, policies), policies: policies.sort() };
  };
}

function prepare(id: string, policies: Record<string, string>): void {
  const answer = preparsePolicySet(id, { staticPolicies: policies });
  if (answer.type === 'failure') throw new Error(`Cedar does not read ${id}: ${JSON.stringify(answer.errors)}`);
}

const STRENGTH = ['ask', 'defer', 'record-only'] as const;

function strongest({ policies }: World, spoke: readonly string[]): Answer['verdict'] {
  const effects = policies.filter(({ id }) => spoke.includes(id)).map(({ effect }) => effect);
  return STRENGTH.find((effect) => effects.includes(effect)) ?? 'allow';
}

function ask(policySet: string, request: Request, all: EntityIndex) {
  const call = {
    principal: uid('Seat', request.seat),
    action: uid('Action', request.capability),
    resource: uid('Case', request.case ?? 'none'),
    context: { args: { ...request.args }, cost: request.cost, now: request.now, occupant: request.principal },
    preparsedPolicySetId: policySet,
    entities: all.around(request),
  };
  const answer = statefulIsAuthorized(call);
  if (answer.type === 'failure') throw new Error(`Cedar does not answer: ${JSON.stringify(answer.errors)}`);
  const [error] = answer.response.diagnostics.errors;
  // Seats that do not exist have no attributes; anything else that cannot be evaluated is a mistake of the translation.
  if (error && request.seat !== 'nobody') throw new Error(`Cedar: ${JSON.stringify(error)}`);
  return answer.response;
}

interface EntityIndex {
  /** The entities that matter to a request: parsing all of them each time would be most of the work. */
  readonly around: (request: Request) => Entities;
}

function entitiesOf(world: World): EntityIndex {
  const structure = [
    ...world.units.map(({ id, parent }) => entity('Unit', id, {}, parent === undefined ? [] : [uid('Unit', parent)])),
    ...world.seats.map(({ id, supervisor }) =>
      entity('Line', id, {}, supervisor === undefined ? [] : [uid('Line', supervisor)]),
    ),
  ];
  const seats = new Map(world.seats.map((seat) => [seat.id, seatEntity(seat)]));
  const actions = new Map(world.capabilities.map((capability) => [capability.id, actionEntity(capability)]));
  const cases = new Map(
    world.cases.map((each) => [each.id, caseEntity(each, world.seats.find(({ id }) => id === each.owner)?.unit)]),
  );
  return {
    around: ({ seat, capability, case: on }) =>
      [...structure, seats.get(seat), actions.get(capability), on === null ? NO_CASE : cases.get(on)].filter(
        (each) => each !== undefined,
      ),
  };
}

const entity = (type: string, id: string, attrs: EntityJson['attrs'], parents: EntityJson['parents']): EntityJson => ({
  uid: uid(type, id),
  attrs,
  parents,
});

const link = (type: string, id: string) => ({ __entity: uid(type, id) });

const seatEntity = ({ id, unit, tier, status, occupant }: Seat): EntityJson =>
  entity('Seat', id, { id, unit, tier, status, occupant, line: link('Line', id) }, [
    uid('Unit', unit),
    uid('Tier', tier),
  ]);

const actionEntity = ({ id, tool, effect }: Capability): EntityJson =>
  entity(
    'Action',
    id,
    {},
    ['known', ...groupsOf(id), `effect:${effect}`, `tool:${tool}`].map((group) => uid('Action', group)),
  );

const caseEntity = (
  { id, customer, priority, topic, status, reopened, owner, parties }: Case,
  unit: string | undefined,
): EntityJson =>
  entity(
    'Case',
    id,
    {
      customer,
      priority,
      topic,
      status,
      reopened,
      line: link('Line', owner),
      parties: parties.map((seat) => link('Seat', seat)),
    },
    unit === undefined ? [] : [uid('Unit', unit)],
  );

const NO_CASE: EntityJson = entity(
  'Case',
  'none',
  { customer: '', priority: '', topic: '', status: '', reopened: 0, line: link('Line', ''), parties: [] },
  [],
);
