import type { EventKind, RecordOf } from '@reeve/kernel';

/** How the other sentences cut, quote and explain. */
interface Say {
  readonly clip: (text: string) => string;
  readonly quote: (text: string) => string;
  readonly because: (reason: string) => string;
}
/** A skill that nobody has is what routing says, not what a desk remembers. */
type Kinds = Exclude<
  Extract<EventKind, `${'belief' | 'memory' | 'skill' | 'desk' | 'team'}.${string}`>,
  'skill.missing'
>;

const MODES = { fresh: 'from nothing', continuation: 'going on', reference: 'with what was before at hand' } as const;
const many = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;

/** What desks remember, as sentences for people. */
export const memorySentences = ({
  clip,
  quote,
  because,
}: Say): { readonly [K in Kinds]: (record: RecordOf<K>) => string } => ({
  'belief.recorded': ({ body }) =>
    `${body.by} noted as a belief of ${body.seat} (${body.belief}): ${quote(body.statement)}${body.contradicts.length > 0 ? `, against ${body.contradicts.join(', ')}` : ''}`,
  'belief.confirmed': ({ body }) =>
    body.how === 'repeated'
      ? `${body.by} said ${body.belief} again`
      : `${body.belief} was confirmed by ${body.how === 'person' ? body.by : 'a second source'}`,
  'belief.disputed': ({ body }) => `${body.by} disputed ${body.belief}${because(body.reason)}`,
  'belief.ended': ({ body }) => `${body.belief} is over (${body.how.replace('-', ' ')})${because(body.reason)}`,
  'belief.shared': ({ body }) =>
    `${body.by} told ${body.to} what ${body.belief} says, under ${body.contract} (${body.as})${because(body.purpose)}`,
  'memory.recalled': ({ body }) =>
    `${body.seat} looked up ${quote(body.query)}: ${many(body.beliefs.length, 'belief')}, ${many(body.skills.length, 'skill')}`,
  'skill.recorded': ({ body }) =>
    `${body.by} ${body.adopts ? `adopted ${body.adopts} as` : 'wrote down'} the ${body.kind} ${body.skill} of ${body.seat}: ${clip(body.title)}`,
  'skill.used': ({ body }) => `${body.by} used ${body.skill}`,
  'skill.judged': ({ body }) => `${body.by} said that ${body.skill} ${body.success ? 'helped' : 'did not help'}`,
  'skill.retired': ({ body }) => `${body.skill} was retired${because(body.reason)}`,
  'desk.begun': ({ body }) =>
    `The desk of ${body.desk} begins ${quote(body.purpose)} ${MODES[body.mode]}: ${many(body.reset.length, 'belief')} reset, ${many(body.skills, 'skill')} kept`,
  'desk.snapshotted': ({ body }) =>
    `Snapshot ${body.snapshot} of the desk of ${body.desk} on ${body.branch}: ${many(body.files, 'file')}, ${body.added} of ${body.bytes} bytes new${body.conflicts.length > 0 ? `, conflicts in ${clip(body.conflicts.join(', '))}` : ''}`,
  'desk.branched': ({ body }) =>
    `The desk of ${body.desk} has a branch ${body.branch} from ${body.from}${because(body.purpose)}`,
  'desk.branch_closed': ({ body }) =>
    `The branch ${body.branch} of the desk of ${body.desk} was closed${because(body.reason)}`,
  'team.formed': ({ body }) =>
    `${body.by} formed ${body.team} for ${quote(body.purpose)}: ${body.members.map(({ role, seat }) => `${seat ?? 'nobody'} as ${role}`).join(', ')} (${body.topology})`,
  'team.closed': ({ body }) =>
    `${body.team} ${body.success ? 'reached' : 'did not reach'} its purpose, says ${body.by}`,
});
